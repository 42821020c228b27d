// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { convexHull, hullSpans } from '../../src/engine/labels/morphology';
import { makeTools } from '../../src/engine/tools';
import { fillHoles } from '../../src/engine/tools/fill';
import { fillHull, keepLargest, smooth, splitPieces } from '../../src/engine/tools/reshape';
import { at, benchOf, click, drag, pictureOf, planeOf, tidy, type Bench } from './helpers';

function expectPicture({ editor }: Bench, picture: string): void {
  expect(pictureOf(editor.plane)).toBe(tidy(picture));
}

describe('merge', () => {
  it('joins what a stroke runs over to the cell it meets first', () => {
    const start = '11.22.333 11.22.333 ........4';
    const bench = benchOf(planeOf(start));
    drag(bench.editor, makeTools().merge, at(0, 1), at(4, 1), at(7, 0));
    expectPicture(bench, '11.11.111 11.11.111 ........4');
    expect(bench.editor.selected).toBe(1);
    expect(bench.operations).toHaveLength(1);
    bench.editor.undo();
    expectPicture(bench, start);
  });

  it('keeps the class of the cell that stays', () => {
    const bench = benchOf(planeOf('11.22 11.22'));
    bench.editor.activeClass = 1;
    bench.editor.classes.set(1, 3).set(2, 4);
    drag(bench.editor, makeTools().merge, at(4, 0), at(0, 0));
    expectPicture(bench, '22.22 22.22');
    expect(bench.editor.classes.get(2)).toBe(4);
  });

  it('says when a stroke runs over one cell only', () => {
    const bench = benchOf(planeOf('11.22 11.22'));
    drag(bench.editor, makeTools().merge, at(0, 0), at(2, 0));
    expect(bench.hints).toEqual(['merge_missed']);
    expect(bench.operations).toEqual([]);
  });
});

const CELLS = '11.222..3 11.222..3 ......... 44....555';
/** Round cell 1, two of the three columns of cell 2, and half of cell 4. */
const ROUND = [at(-1, -1), at(5, -1), at(5, 2.5), at(1, 2.5), at(1, 4), at(-1, 4)];

describe('delete', () => {
  it('takes the cells that lie in a lasso by more than half, in one step', () => {
    const bench = benchOf(planeOf(CELLS));
    bench.editor.select(2);
    drag(bench.editor, makeTools().delete, ...ROUND);
    expectPicture(bench, '........3 ........3 ......... 44....555');
    expect(bench.editor.selected).toBe(0);
    expect(bench.operations).toHaveLength(1);
    bench.editor.undo();
    expectPicture(bench, CELLS);
  });

  it('says when a lasso holds no cell', () => {
    const bench = benchOf(planeOf(CELLS));
    drag(bench.editor, makeTools().delete, at(6, 0), at(7, 0), at(7, 2));
    expect(bench.hints).toEqual(['no_cells_inside']);
  });
});

describe('class', () => {
  it('gives the chosen class to the cells in a lasso, in one step of undo', () => {
    const bench = benchOf(planeOf(CELLS));
    const { editor, operations } = bench;
    editor.activeClass = 2;
    editor.classes.set(1, 1).set(3, 1);
    drag(editor, makeTools().classify, ...ROUND);
    expect([...editor.classes]).toEqual([
      [1, 2],
      [3, 1],
      [2, 2],
    ]);
    expect(operations.map(({ kind, payload }) => [kind, payload])).toEqual([
      ['class', { object: 1, class_index: 2 }],
      ['class', { object: 2, class_index: 2 }],
    ]);
    editor.undo();
    expect([...editor.classes]).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expectPicture(bench, CELLS);
  });

  it('gives it to the cell that is clicked, and selects that', () => {
    const { editor, hints } = benchOf(planeOf(CELLS));
    const { classify } = makeTools();
    click(editor, classify, at(8, 0));
    expect(hints).toEqual(['no_classes']);
    editor.activeClass = 1;
    click(editor, classify, at(8, 0));
    expect(editor.classes.get(3)).toBe(1);
    expect(editor.selected).toBe(3);
    click(editor, classify, at(7, 2));
    expect(hints).toEqual(['no_classes', 'no_cells_inside']);
  });

  it('changes nothing where the labels are read-only, and says so', () => {
    const { editor, hints, operations } = benchOf(planeOf(CELLS));
    editor.activeClass = 1;
    editor.readOnly = true;
    click(editor, makeTools().classify, at(0, 0));
    expect(hints).toEqual(['read_only']);
    expect(operations).toEqual([]);
  });
});

describe('convex hull', () => {
  it('has the corners of the outermost points only', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 2, y: 0 },
      { x: 4, y: 3 },
      { x: 1, y: 1 },
      { x: 0, y: 3 },
    ];
    expect(convexHull(points)).toEqual([
      { x: 0, y: 0 },
      { x: 4, y: 0 },
      { x: 4, y: 3 },
      { x: 0, y: 3 },
    ]);
  });

  it('of a row, a column, a slope or a single pixel is itself', () => {
    expect(hullSpans([[2, 3, 7]])).toEqual([[2, 3, 7]]);
    expect(hullSpans([[5, 1, 2]])).toEqual([[5, 1, 2]]);
    const column = [1, 2, 3].map((y): [number, number, number] => [y, 4, 5]);
    expect(hullSpans(column)).toEqual(column);
    const slope = [1, 2, 3].map((y): [number, number, number] => [y, y, y + 1]);
    expect(hullSpans(slope)).toEqual(slope);
  });

  it('fills bays and the room between pieces, but never another cell', () => {
    const start = '1....... 1....... 1..2..1. 1....... 11111... ........';
    const bench = benchOf(planeOf(start));
    fillHull(bench.editor, 1);
    expectPicture(bench, '1....... 1111.... 1112111. 111111.. 11111... ........');
    expect(bench.operations).toHaveLength(1);
    bench.editor.undo();
    expectPicture(bench, start);
    fillHull(bench.editor, 2);
    expect(bench.hints).toEqual(['already_convex']);
  });

  it('gives a cell without a class none', () => {
    const { editor } = benchOf(planeOf('1.1 ... 1.1 ...'));
    editor.activeClass = 1;
    fillHull(editor, 1);
    expect(editor.classes.size).toBe(0);
  });
});

describe('smoothing', () => {
  it('takes spurs and corners away, fills notches, leaves straight edges', () => {
    const start = `
      .............
      .....1.......
      .....1.......
      ..111111111..
      ..111111111..
      ..111.11111..
      ..111111111..
      ..111111111..
      ............. .............`;
    const bench = benchOf(planeOf(start));
    bench.editor.options.smoothing = 2;
    smooth(bench.editor, 1);
    expectPicture(
      bench,
      `.............
       .............
       .............
       ...1111111...
       ..111111111..
       ..111111111..
       ..111111111..
       ...1111111...
       ............. .............`,
    );
    bench.editor.undo();
    expectPicture(bench, start);
  });

  it('does not wear a cell off where the picture ends, nor take from a neighbour', () => {
    const start = '11111122 11111122 11111122 11111122';
    const bench = benchOf(planeOf(start));
    smooth(bench.editor, 1);
    expectPicture(bench, start);
    expect(bench.hints).toEqual(['already_smooth']);
  });

  it('refuses to smooth a cell away', () => {
    const bench = benchOf(planeOf('...... ..11.. ......'));
    bench.editor.options.smoothing = 3;
    smooth(bench.editor, 1);
    expect(bench.hints).toEqual(['too_small_to_smooth']);
    expect(bench.operations).toEqual([]);
  });
});

describe('holes and pieces', () => {
  it('fills the holes of a cell by command', () => {
    const bench = benchOf(planeOf('1111.. 1.11.. 1111..'));
    fillHoles(bench.editor, 1);
    expectPicture(bench, '1111.. 1111.. 1111..');
    fillHoles(bench.editor, 1);
    expect(bench.hints).toEqual(['no_holes']);
  });

  const PIECES = '1...11.2. .1..11.22 .....1... 2....1.1.';

  it('keeps the largest piece; a corner holds a piece together', () => {
    const bench = benchOf(planeOf(PIECES));
    keepLargest(bench.editor, [1, 2]);
    expectPicture(bench, '....11.2. ....11.22 .....1... .....1...');
    expect(bench.operations).toHaveLength(1);
    bench.editor.undo();
    expectPicture(bench, PIECES);
  });

  it('makes cells of the smaller pieces, with the classes of the old', () => {
    const bench = benchOf(planeOf(PIECES));
    const { editor } = bench;
    editor.activeClass = 1;
    editor.classes.set(1, 5);
    splitPieces(editor, [1, 2]);
    expectPicture(bench, '3...11.2. .3..11.22 .....1... 5....1.4.');
    expect([...editor.classes]).toEqual([
      [1, 5],
      [3, 5],
      [4, 5],
    ]);
    editor.undo();
    expectPicture(bench, PIECES);
    expect([...editor.classes]).toEqual([[1, 5]]);
  });

  it('says when a cell is in one piece', () => {
    const bench = benchOf(planeOf('11.. 11..'));
    keepLargest(bench.editor, [1]);
    splitPieces(bench.editor, [1]);
    expect(bench.hints).toEqual(['one_piece', 'one_piece']);
  });
});
