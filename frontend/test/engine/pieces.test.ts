// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Editor } from '../../src/engine/labels/editor';
import { LabelPlane } from '../../src/engine/labels/labels';
import { PiecesWatch } from '../../src/engine/labels/pieces';
import { piecesOf } from '../../src/engine/labels/regions';
import { makeTools } from '../../src/engine/tools';
import { at, benchOf, click, drag, pictureOf, planeOf, tidy } from './helpers';

function watched(plane: LabelPlane): { editor: Editor; watch: PiecesWatch } {
  const { editor } = benchOf(plane, { walked: (entry) => watch.walked(entry) });
  const watch: PiecesWatch = new PiecesWatch(editor, () => undefined);
  editor.radius = 0.5;
  return { editor, watch };
}

const BAR = '.1111111. .1111111. 2........';

function cut(editor: Editor, x: number): void {
  drag(editor, makeTools().eraser, at(x, 0), at(x, 1));
}

describe('a cell that an edit leaves in pieces', () => {
  it('is told, changed only on demand, and told no more after undo', () => {
    const { editor, watch } = watched(planeOf(BAR));
    cut(editor, 3);
    expect(watch.notice).toEqual({ labels: [1], pieces: 2 });
    expect(pictureOf(editor.plane)).toBe(tidy('.11.1111. .11.1111. 2........'));
    editor.undo();
    expect(watch.notice).toBeNull();
    editor.redo();
    expect(watch.notice).toEqual({ labels: [1], pieces: 2 });
    cut(editor, 6);
    expect(watch.notice).toEqual({ labels: [1], pieces: 3 });
  });

  it('keeps its largest piece, or is split, in one step of undo', () => {
    const { editor, watch } = watched(planeOf(BAR));
    cut(editor, 3);
    watch.keepLargest();
    expect(pictureOf(editor.plane)).toBe(tidy('....1111. ....1111. 2........'));
    expect(watch.notice).toBeNull();
    editor.undo();
    expect(watch.notice).toEqual({ labels: [1], pieces: 2 });
    watch.splitPieces();
    expect(pictureOf(editor.plane)).toBe(tidy('.33.1111. .33.1111. 2........'));
    expect(watch.notice).toBeNull();
  });

  it('may stay so, and is not asked about again', () => {
    const { editor, watch } = watched(planeOf(BAR));
    cut(editor, 3);
    watch.accept();
    expect(watch.notice).toBeNull();
    cut(editor, 6);
    expect(watch.notice).toBeNull();
  });

  it('is still told when other cells are edited, and not on another plane', () => {
    const { editor, watch } = watched(planeOf(BAR));
    cut(editor, 3);
    click(editor, makeTools().delete, at(0, 2));
    expect(watch.notice?.labels).toEqual([1]);
    editor.goTo({ t: 0, z: 1 });
    drag(editor, makeTools().box, at(0, 0), at(2, 1));
    expect(watch.notice).toBeNull();
  });

  it('may have a piece far from the edit', () => {
    const { editor, watch } = watched(
      planeOf('11.............. 11.............. ................'),
    );
    editor.select(1);
    drag(editor, makeTools().brush, at(9, 1, true), at(12, 1));
    expect(watch.notice).toEqual({ labels: [1], pieces: 2 });
  });

  it('is none of a new cell, nor of one that hangs together by a corner', () => {
    const { editor, watch } = watched(planeOf('1....... .1...... 1.......'));
    editor.options.target = 'new';
    drag(editor, makeTools().brush, at(4, 1), at(6, 1));
    drag(editor, makeTools().brush, at(0, 1), at(0, 1));
    expect(watch.notice).toBeNull();
    click(editor, makeTools().delete, at(4, 1));
    expect(watch.notice).toBeNull();
  });

  it('without a notice the commands are for the selected cell', () => {
    const { editor, watch } = watched(planeOf('1..11 1..11 .....'));
    editor.select(1);
    watch.keepLargest();
    expect(pictureOf(editor.plane)).toBe(tidy('...11 ...11 .....'));
  });
});

it('finds every cell that an eraser leaves in pieces, wherever it goes', () => {
  const place = fc.record({
    x: fc.integer({ min: -2, max: 24 }),
    y: fc.integer({ min: -2, max: 13 }),
  });
  fc.assert(
    fc.property(fc.array(place, { minLength: 2, maxLength: 6 }), (way) => {
      const plane = new LabelPlane(23, 12);
      for (let y = 0; y < 12; y++) {
        for (let x = 0; x < 23; x += 1)
          plane.setSpan(y, x, x + 1, 1 + Math.floor(x / 6) + 4 * Math.floor(y / 5));
      }
      const { editor, watch } = watched(plane);
      editor.radius = 1;
      editor.options.erases = 'anything';
      drag(editor, makeTools().eraser, ...way.map(({ x, y }) => at(x, y)));
      const labels = [...new Set(plane.toArray())].filter((label) => label > 0);
      const broken = labels.filter((label) => piecesOf(plane, label).length > 1);
      expect([...(watch.notice?.labels ?? [])].sort((a, b) => a - b)).toEqual(
        broken.sort((a, b) => a - b),
      );
    }),
    { numRuns: 150 },
  );
});
