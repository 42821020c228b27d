// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LabelPlane } from '../../src/engine/labels/labels';
import { polygonSpans, strokeSpans } from '../../src/engine/labels/raster';
import { makeTools } from '../../src/engine/tools';
import { deleteObject } from '../../src/engine/tools/delete';
import { at, benchOf, click, pictureOf, planeOf, tidy } from './helpers';

describe('shapes', () => {
  const coordinate = fc.double({ min: 5, max: 25, noNaN: true });
  it('a thick line is what lies within its radius', () => {
    fc.assert(
      fc.property(
        coordinate,
        coordinate,
        coordinate,
        coordinate,
        fc.double({ min: 0.5, max: 8, noNaN: true }),
        (ax, ay, bx, by, radius) => {
          const got = new Set<string>();
          strokeSpans({ x: ax, y: ay, radius }, { x: bx, y: by, radius }, (y, x0, x1) => {
            for (let x = x0; x < x1; x++) got.add(`${x},${y}`);
          });
          const [dx, dy] = [bx - ax, by - ay];
          const wrong: string[] = [];
          for (let y = -5; y < 36; y++) {
            for (let x = -5; x < 36; x++) {
              const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
              const nearest = Math.min(1, Math.max(0, along));
              const far = Math.hypot(x - ax - nearest * dx, y - ay - nearest * dy);
              if (Math.abs(far - radius) < 1e-6) continue;
              if (got.has(`${x},${y}`) !== far < radius) wrong.push(`${x},${y}`);
            }
          }
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('polygons that share an edge share no pixel and leave none out', () => {
    const covered: string[] = [];
    const add = (y: number, x0: number, x1: number): void => {
      for (let x = x0; x < x1; x++) covered.push(`${x},${y}`);
    };
    polygonSpans(
      [
        { x: 0, y: 0 },
        { x: 6, y: 0 },
        { x: 6, y: 4 },
      ],
      add,
    );
    polygonSpans(
      [
        { x: 0, y: 0 },
        { x: 6, y: 4 },
        { x: 0, y: 4 },
      ],
      add,
    );
    expect(covered.length).toBe(24);
    expect(new Set(covered).size).toBe(24);
  });
});

describe('brush', () => {
  it('paints discs along the way on background only, and one new cell per stroke', () => {
    const { editor, operations } = benchOf(planeOf('.........9 .........9 .........9 .........9'));
    const { brush } = makeTools();
    editor.radius = 1;
    brush.down!(editor, at(1, 1));
    brush.move!(editor, at(4, 1), true);
    brush.move!(editor, at(9, 2), true);
    brush.up!(editor, at(9, 2));
    const rows = Array.from({ length: 4 }, (_, y) =>
      Array.from({ length: 10 }, (__, x) => editor.plane.get(x, y)),
    );
    expect(rows).toEqual([
      [0, 10, 10, 10, 10, 0, 0, 0, 0, 9],
      [10, 10, 10, 10, 10, 10, 10, 10, 10, 9],
      [0, 10, 10, 10, 10, 10, 10, 10, 10, 9],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
    ]);
    expect(editor.selected).toBe(10);
    expect(operations).toHaveLength(1);
  });

  it('has an exact shape', () => {
    const { editor } = benchOf(new LabelPlane(9, 5));
    const { brush } = makeTools();
    editor.radius = 1.5;
    brush.down!(editor, at(2, 2));
    brush.move!(editor, at(5, 2), true);
    brush.up!(editor, at(5, 2));
    expect(pictureOf(editor.plane)).toBe(
      tidy(`.........
            .111111..
            .111111..
            .111111..
            .........`),
    );
  });

  it('goes on with the cell it starts in, or with the selected one where it touches it', () => {
    const { editor } = benchOf(planeOf('11....... 11....... .........'));
    const { brush } = makeTools();
    editor.radius = 0.5;
    const dot = (x: number, y: number, shift = false): void => {
      brush.down!(editor, at(x, y, shift));
      brush.up!(editor, at(x, y));
    };
    dot(1, 1); // starts in cell 1: selects it
    expect(editor.selected).toBe(1);
    dot(2, 1); // touches cell 1: belongs to it
    dot(5, 1); // far away: a new cell
    dot(8, 2, true); // shift keeps the selected one
    editor.select(0);
    dot(6, 1); // nothing selected: new although it touches
    expect(pictureOf(editor.plane)).toBe(tidy('11....... 111..23.. ........2'));
  });

  it('leaves nothing behind when it is cancelled', () => {
    const { editor, operations } = benchOf(planeOf('.... .22. ....'));
    const { brush } = makeTools();
    brush.down!(editor, at(1, 1));
    brush.move!(editor, at(3, 2), true);
    brush.cancel!(editor);
    expect(pictureOf(editor.plane)).toBe(tidy('.... .22. ....'));
    expect(operations).toEqual([]);
  });

  it('changes nothing where the labels are read-only, and says so', () => {
    const { editor, operations, hints } = benchOf(new LabelPlane(6, 4));
    editor.readOnly = true;
    const { brush } = makeTools();
    brush.down!(editor, at(2, 2));
    brush.move!(editor, at(3, 2), true);
    brush.up!(editor, at(3, 2));
    expect(operations).toEqual([]);
    expect(hints).toEqual(['read_only']);
  });
});

describe('eraser', () => {
  it('erases only the cell it starts in', () => {
    const { editor } = benchOf(planeOf('112233 112233'));
    const { eraser } = makeTools();
    editor.radius = 0.5;
    eraser.down!(editor, at(1, 0));
    eraser.move!(editor, at(4, 0), true);
    eraser.up!(editor, at(4, 0));
    expect(pictureOf(editor.plane)).toBe(tidy('1.2233 112233'));
  });

  it('erases everything when it starts on background', () => {
    const { editor } = benchOf(planeOf('.12233 112233'));
    const { eraser } = makeTools();
    editor.radius = 0.5;
    eraser.down!(editor, at(0, 0));
    eraser.move!(editor, at(4, 0), true);
    eraser.up!(editor, at(4, 0));
    expect(pictureOf(editor.plane)).toBe(tidy('.....3 112233'));
  });
});

describe('polygon', () => {
  it('makes a new cell that leaves its neighbours alone', () => {
    const { editor } = benchOf(planeOf('3...... ....... ....... .......'));
    const { polygon } = makeTools();
    for (const [x, y] of [
      [0, 0],
      [5, 0],
      [5, 3],
      [0, 3],
    ] as const)
      polygon.down!(editor, at(x, y));
    expect(polygon.key!(editor, 'confirm')).toBe(true);
    expect(pictureOf(editor.plane)).toBe(tidy('34444.. 44444.. 44444.. .......'));
  });

  it('closes at its first corner and forgets corners on Backspace', () => {
    const { editor, operations } = benchOf(new LabelPlane(8, 6));
    const { polygon } = makeTools();
    polygon.down!(editor, at(1, 1));
    polygon.down!(editor, at(4, 1));
    polygon.down!(editor, at(7, 5));
    polygon.key!(editor, 'back');
    polygon.down!(editor, at(4, 3));
    polygon.down!(editor, at(1.2, 1.2));
    expect(pictureOf(editor.plane)).toBe(
      tidy('........ .111.... ...1.... ........ ........ ........'),
    );
    expect(operations).toHaveLength(1);
    expect(polygon.key!(editor, 'confirm')).toBe(false);
  });
});

describe('fill', () => {
  it('fills the holes of the cell, not its bays', () => {
    const { editor } = benchOf(planeOf('11111.. 1.1.1.. 111.1.. 11111.. 1.1....'));
    makeTools().fill.down!(editor, at(0, 0));
    expect(pictureOf(editor.plane)).toBe(tidy('11111.. 11111.. 11111.. 11111.. 1.1....'));
  });

  it('fills an enclosed gap with the cell around it', () => {
    const { editor } = benchOf(planeOf('555555 5....5 5....5 555555'));
    makeTools().fill.down!(editor, at(2, 1));
    expect(pictureOf(editor.plane)).toBe(tidy('555555 555555 555555 555555'));
  });

  it('makes a gap between cells a new cell', () => {
    const { editor } = benchOf(planeOf('111222 1....2 111222'));
    makeTools().fill.down!(editor, at(2, 1));
    expect(pictureOf(editor.plane)).toBe(tidy('111222 133332 111222'));
  });

  it('refuses an open background and a cell without holes', () => {
    const { editor, hints } = benchOf(planeOf('111... ......'));
    const { fill } = makeTools();
    fill.down!(editor, at(5, 1));
    fill.down!(editor, at(0, 0));
    expect(hints).toEqual(['region_open', 'no_holes']);
  });
});

describe('whole cells', () => {
  it('deletes all parts of a cell', () => {
    const { editor, hints } = benchOf(planeOf('1.2.1 1.2.1'));
    click(editor, makeTools().delete, at(0, 0));
    expect(pictureOf(editor.plane)).toBe(tidy('..2.. ..2..'));
    deleteObject(editor, 0);
    expect(hints).toEqual(['no_cell_here']);
  });

  it('merges clicked cells into the first', () => {
    const { editor } = benchOf(planeOf('1122334 1122334'));
    const { merge } = makeTools();
    for (const point of [at(2, 0), at(0, 1), at(4, 1)]) click(editor, merge, point);
    expect(pictureOf(editor.plane)).toBe(tidy('2222224 2222224'));
  });

  it('splits along a line; the smaller side is the new cell', () => {
    const { editor, operations } = benchOf(planeOf('.111111. .111111. .111111.'));
    editor.activeClass = 1;
    editor.classes.set(1, 2);
    const { split } = makeTools();
    split.down!(editor, at(4.5, -1));
    split.move!(editor, at(4.5, 1), true);
    split.up!(editor, at(4.5, 4));
    expect(pictureOf(editor.plane)).toBe(tidy('.111122. .111122. .111122.'));
    expect(editor.classes.get(2)).toBe(2); // the new cell keeps the class of the old
    expect(operations.map((operation) => operation.kind)).toEqual(['patch', 'class']);
  });

  it('says when a line crosses no cell', () => {
    const { editor, hints } = benchOf(planeOf('.11. .11.'));
    const { split } = makeTools();
    split.down!(editor, at(0, 0));
    split.up!(editor, at(0, 1));
    expect(hints).toEqual(['split_missed']);
  });
});
