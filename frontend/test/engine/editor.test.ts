// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LabelPlane } from '../../src/engine/labels/labels';
import { makeTools } from '../../src/engine/tools';
import { at, benchOf, click, equalArrays, pictureOf, planeOf, tidy } from './helpers';

describe('undo and redo', () => {
  it('walk through any series of strokes, and the log adds up to the screen', () => {
    const stroke = fc.record({
      x: fc.integer({ min: 0, max: 22 }),
      y: fc.integer({ min: 0, max: 12 }),
      dx: fc.integer({ min: -6, max: 6 }),
      radius: fc.constantFrom(0.5, 1.5, 3),
      erase: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(stroke, { minLength: 1, maxLength: 8 }), fc.nat(8), (strokes, back) => {
        const { editor, operations } = benchOf(new LabelPlane(23, 13));
        editor.activeClass = 1;
        const tools = makeTools();
        const states = [editor.plane.toArray()];
        for (const { x, y, dx, radius, erase } of strokes) {
          const before = operations.length;
          const tool = erase ? tools.eraser : tools.brush;
          editor.radius = radius;
          tool.down!(editor, at(x, y));
          tool.move!(editor, at(x + dx, y + 1), true);
          tool.up!(editor, at(x + dx, y + 1));
          if (operations.length > before) states.push(editor.plane.toArray());
        }
        const steps = Math.min(back, states.length - 1);
        for (let i = 0; i < steps; i++) editor.undo();
        expect(equalArrays(editor.plane.toArray(), states.at(-1 - steps)!)).toBe(true);
        for (let i = 0; i < steps; i++) editor.redo();
        expect(equalArrays(editor.plane.toArray(), states.at(-1)!)).toBe(true);
        for (let i = 0; i < steps; i++) editor.undo();

        const server = benchOf(new LabelPlane(23, 13)).editor;
        for (const operation of operations) server.replay(operation);
        expect(equalArrays(server.plane.toArray(), editor.plane.toArray())).toBe(true);
        expect([...server.classes]).toEqual([...editor.classes]);
        expect(new Set(operations.map((operation) => operation.op_id)).size).toBe(
          operations.length,
        );
      }),
      { numRuns: 80 },
    );
  });

  it('forgets what was undone when something new is done', () => {
    const { editor } = benchOf(planeOf('12.. 12..'));
    const tools = makeTools();
    click(editor, tools.delete, at(0, 0));
    editor.undo();
    expect(editor.history.canRedo).toBe(true);
    click(editor, tools.delete, at(1, 0));
    expect(editor.history.canRedo).toBe(false);
    editor.undo();
    expect(pictureOf(editor.plane)).toBe(tidy('12.. 12..'));
    expect(editor.history.canUndo).toBe(false);
  });

  it('goes back to the plane where the edit was', () => {
    const { editor, operations } = benchOf(planeOf('11. 11.'));
    editor.setPlane({ t: 0, z: 1 }, planeOf('.22 .22'));
    editor.goTo({ t: 0, z: 1 });
    click(editor, makeTools().delete, at(1, 0));
    editor.goTo({ t: 0, z: 0 });
    editor.undo();
    expect(editor.currentSlice).toEqual({ t: 0, z: 1 });
    expect(pictureOf(editor.plane)).toBe(tidy('.22 .22'));
    expect(operations.map(({ kind, z }) => [kind, z])).toEqual([
      ['patch', 1],
      ['undo', 1],
    ]);
  });

  it('takes back what one step wrote on several planes', () => {
    const { editor, operations } = benchOf(planeOf('1.. 1..'));
    editor.setPlane({ t: 0, z: 1 }, planeOf('... ...'));
    editor.begin()!.span(0, 1, 2, 1);
    editor.also({ t: 0, z: 1 }).span(1, 0, 2, 7);
    editor.commit(4);
    editor.undo();
    expect(pictureOf(editor.plane)).toBe(tidy('1.. 1..'));
    expect(pictureOf(editor.planeAt({ t: 0, z: 1 }))).toBe(tidy('... ...'));
    expect(editor.classes.size).toBe(0);
    editor.redo();
    expect(pictureOf(editor.plane)).toBe(tidy('11. 1..'));
    expect(pictureOf(editor.planeAt({ t: 0, z: 1 }))).toBe(tidy('... 77.'));
    expect([...editor.classes]).toEqual([
      [1, 4],
      [7, 4],
    ]);
    expect(operations.slice(0, 4).map(({ kind, z }) => [kind, z])).toEqual([
      ['patch', 0],
      ['patch', 1],
      ['class', 0],
      ['class', 0],
    ]);
    editor.begin()!.span(0, 0, 3, 9);
    editor.also({ t: 0, z: 1 }).span(0, 0, 3, 9);
    editor.rollBack();
    expect(pictureOf(editor.planeAt({ t: 0, z: 1 }))).toBe(tidy('... 77.'));
  });
});

describe('classes', () => {
  it('are given to new cells and changed for old ones, undoable', () => {
    const { editor, operations } = benchOf(planeOf('11... 11...'));
    editor.activeClass = 2;
    const { brush } = makeTools();
    editor.radius = 0.5;
    brush.down!(editor, at(4, 0));
    brush.up!(editor, at(4, 0));
    expect(editor.classes.get(2)).toBe(2);
    editor.setClass(1, 3);
    editor.setClass(1, 3); // no change, no operation
    editor.undo();
    expect(editor.classes.has(1)).toBe(false);
    editor.redo();
    expect(editor.classes.get(1)).toBe(3);
    expect(operations.map(({ kind, payload }) => [kind, payload?.class_index])).toEqual([
      ['patch', undefined],
      ['class', 2],
      ['class', 3],
      ['undo', null],
      ['redo', 3],
    ]);
  });
});
