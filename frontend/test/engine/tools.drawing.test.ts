// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { LabelPlane } from '../../src/engine/labels/labels';
import { ellipseSpans, strokeSpans } from '../../src/engine/labels/raster';
import { makeTools } from '../../src/engine/tools';
import { at, benchOf, click, drag, pictureOf, planeOf, tidy, type Bench } from './helpers';

function expectPicture({ editor }: Bench, picture: string): void {
  expect(pictureOf(editor.plane)).toBe(tidy(picture));
}

/** What was drawn goes with one undo and comes back with one redo. */
function expectOneStep(bench: Bench, before: string): void {
  const after = pictureOf(bench.editor.plane);
  bench.editor.undo();
  expectPicture(bench, before);
  expect(bench.editor.history.canUndo).toBe(false);
  bench.editor.redo();
  expectPicture(bench, after);
}

const EMPTY = '......... ......... ......... ......... ......... .........';

describe('a stroke between discs of two sizes', () => {
  it('is what a disc covers that grows on its way', () => {
    const [from, to] = [
      { x: 4, y: 6, radius: 1 },
      { x: 17.5, y: 9.25, radius: 5 },
    ];
    const got = new Set<string>();
    strokeSpans(from, to, (y, x0, x1) => {
      for (let x = x0; x < x1; x++) got.add(`${x},${y}`);
    });
    const wrong: string[] = [];
    for (let y = -2; y < 20; y++) {
      for (let x = -2; x < 28; x++) {
        let best = -Infinity;
        for (let k = 0; k <= 4000; k++) {
          const share = k / 4000;
          const [cx, cy] = [from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)];
          const radius = from.radius + share * (to.radius - from.radius);
          best = Math.max(best, radius - Math.hypot(x - cx, y - cy));
        }
        if (Math.abs(best) > 1e-3 && got.has(`${x},${y}`) !== best > 0) wrong.push(`${x},${y}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(got.size).toBeGreaterThan(100);
  });

  it('is the larger disc where it holds the smaller one', () => {
    const rows: number[][] = [];
    const small = { x: 5, y: 5, radius: 0.5 };
    strokeSpans(small, { x: 5, y: 5, radius: 1.5 }, (...row) => rows.push(row));
    expect(rows).toEqual([
      [4, 4, 7],
      [5, 4, 7],
      [6, 4, 7],
    ]);
  });
});

describe('the brush and its options', () => {
  const START = '11....... 11..22... 11..22...';

  function stroke(bench: Bench, shift = false): void {
    bench.editor.radius = 0.5;
    drag(bench.editor, makeTools().brush, at(1, 1, shift), at(7, 1));
  }

  it('covers background only by itself', () => {
    const bench = benchOf(planeOf(START));
    stroke(bench);
    expectPicture(bench, '11....... 11112211. 11..22...');
    expectOneStep(bench, START);
  });

  it('paints over anything when told to', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options.covers = 'anything';
    stroke(bench);
    expectPicture(bench, '11....... 11111111. 11..22...');
    expectOneStep(bench, START);
  });

  it('begins a new cell although it starts in one', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options = { ...bench.editor.options, target: 'new', covers: 'anything' };
    stroke(bench);
    expectPicture(bench, '11....... 13333333. 11..22...');
  });

  it('adds to the selected cell wherever it starts', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options.target = 'selected';
    bench.editor.select(2);
    stroke(bench);
    expectPicture(bench, '11....... 11222222. 11..22...');
  });

  it('says that a cell must be selected first', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options.target = 'selected';
    stroke(bench);
    expectPicture(bench, START);
    expect(bench.hints).toEqual(['select_first']);
    expect(bench.operations).toEqual([]);
    expect(bench.editor.isDrawing).toBe(false);
  });

  it('follows the pressure of a pen when that is switched on, never that of a mouse', () => {
    const drawn = (pressure: number | undefined, on: boolean): string => {
      const bench = benchOf(planeOf(EMPTY));
      bench.editor.radius = 2;
      bench.editor.options.pressure = on;
      drag(bench.editor, makeTools().brush, { ...at(4, 2), pressure });
      return pictureOf(bench.editor.plane);
    };
    const large = tidy('....1.... ...111... ..11111.. ...111... ....1.... .........');
    const small = tidy('......... ....1.... ...111... ....1.... ......... .........');
    expect(drawn(0.5, true)).toBe(small);
    expect(drawn(0.5, false)).toBe(large);
    expect(drawn(undefined, true)).toBe(large);
  });
});

describe('the eraser and its options', () => {
  const START = '112233 112233';

  it('erases the selected cell only', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options.erases = 'selected';
    bench.editor.select(2);
    bench.editor.radius = 0.5;
    drag(bench.editor, makeTools().eraser, at(0, 0), at(5, 0));
    expectPicture(bench, '11..33 112233');
    expectOneStep(bench, START);
  });

  it('erases anything although it starts in a cell', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options.erases = 'anything';
    bench.editor.radius = 0.5;
    drag(bench.editor, makeTools().eraser, at(1, 0), at(4, 0));
    expectPicture(bench, '1....3 112233');
  });

  it('says that a cell must be selected first', () => {
    const bench = benchOf(planeOf(START));
    bench.editor.options.erases = 'selected';
    drag(bench.editor, makeTools().eraser, at(1, 0), at(4, 0));
    expect(bench.hints).toEqual(['select_first']);
    expectPicture(bench, START);
  });
});

describe('lasso', () => {
  it('fills the outline that was drawn, on background', () => {
    const start = '......... ...1..... ......... ......... ......... .........';
    const bench = benchOf(planeOf(start));
    drag(bench.editor, makeTools().lasso, at(1, 0), at(7, 0), at(7, 4), at(4, 2), at(1, 4));
    expectPicture(bench, '.222222.. .221222.. .222222.. .22...2.. ......... .........');
    expectOneStep(bench, start);
  });

  it('adds to the selected cell with shift', () => {
    const bench = benchOf(planeOf('1........ ......... ......... .........'));
    bench.editor.select(1);
    drag(bench.editor, makeTools().lasso, at(4, 1, true), at(7, 1), at(7, 3), at(4, 3));
    expectPicture(bench, '1........ ....111.. ....111.. .........');
    expectOneStep(bench, '1........ ......... ......... .........');
  });

  it('needs a drag, and leaves nothing behind when it is cancelled', () => {
    const bench = benchOf(planeOf(EMPTY));
    const { lasso } = makeTools();
    click(bench.editor, lasso, at(2, 2));
    expect(bench.hints).toEqual(['lasso_drag']);
    lasso.down!(bench.editor, at(1, 1));
    lasso.move!(bench.editor, at(5, 1), true);
    expect(lasso.preview!(bench.editor)).toMatchObject({ kind: 'outline', closed: true });
    lasso.cancel!(bench.editor);
    expect(lasso.preview!(bench.editor)).toBeNull();
    expect(bench.operations).toEqual([]);
  });

  it('says when other cells leave no room', () => {
    const bench = benchOf(planeOf('999999 999999 999999'));
    drag(bench.editor, makeTools().lasso, at(1, 0), at(4, 0), at(4, 2), at(1, 2));
    expect(bench.hints).toEqual(['nothing_drawn']);
    expect(bench.operations).toEqual([]);
  });
});

describe('ellipse', () => {
  it('lies within its axes at any angle', () => {
    const shape = { center: { x: 14, y: 10 }, axis: { x: 8, y: 4.5 }, halfWidth: 3.2 };
    const got = new Set<string>();
    ellipseSpans(shape, (y, x0, x1) => {
      for (let x = x0; x < x1; x++) got.add(`${x},${y}`);
    });
    const length = Math.hypot(8, 4.5);
    const wrong: string[] = [];
    for (let y = 0; y < 21; y++) {
      for (let x = 0; x < 30; x++) {
        const along = ((x - 14) * 8 + (y - 10) * 4.5) / length;
        const across = ((y - 10) * 8 - (x - 14) * 4.5) / length;
        const inside = (along / length) ** 2 + (across / 3.2) ** 2 <= 1;
        if (got.has(`${x},${y}`) !== inside) wrong.push(`${x},${y}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  const WIDE = '......... .11111... 1111111.. .11111... ......... .........';

  it('takes two clicks for the ends of its long axis and a third for its width', () => {
    const bench = benchOf(planeOf(EMPTY));
    const { ellipse } = makeTools();
    click(bench.editor, ellipse, at(0, 2));
    click(bench.editor, ellipse, at(6, 2));
    ellipse.move!(bench.editor, at(3, 3.4), false);
    expect(ellipse.preview!(bench.editor)?.kind).toBe('outline');
    click(bench.editor, ellipse, at(3, 3.4));
    expectPicture(bench, WIDE);
    expect(ellipse.preview!(bench.editor)).toBeNull();
    expectOneStep(bench, EMPTY);
  });

  it('keeps its proportions for Enter, and a drag gives both ends', () => {
    const bench = benchOf(planeOf(EMPTY));
    const { ellipse } = makeTools();
    drag(bench.editor, ellipse, at(0, 2), at(6, 2));
    ellipse.move!(bench.editor, at(5, 0.6), false);
    expect(ellipse.key!(bench.editor, 'confirm')).toBe(true);
    expectPicture(bench, WIDE);
    bench.editor.undo();
    drag(bench.editor, ellipse, at(2, 1), at(2, 5));
    ellipse.key!(bench.editor, 'confirm');
    // Half as wide is 1.4 / 3 of half as long, which is 2: less than a pixel to either side.
    expectPicture(bench, '......... ..2...... ..2...... ..2...... ..2...... ..2......');
  });

  it('takes its last end back, and gives up', () => {
    const bench = benchOf(planeOf(EMPTY));
    const { ellipse } = makeTools();
    click(bench.editor, ellipse, at(0, 2));
    click(bench.editor, ellipse, at(6, 2));
    expect(ellipse.key!(bench.editor, 'back')).toBe(true);
    ellipse.move!(bench.editor, at(4, 4), false);
    expect(ellipse.preview!(bench.editor)).toMatchObject({ kind: 'line' });
    ellipse.cancel!(bench.editor);
    expect(ellipse.preview!(bench.editor)).toBeNull();
    expect(ellipse.key!(bench.editor, 'confirm')).toBe(false);
    expect(bench.operations).toEqual([]);
  });
});

describe('box and point', () => {
  it('holds the pixels of both corners', () => {
    const bench = benchOf(planeOf(EMPTY));
    bench.editor.activeClass = 2;
    drag(bench.editor, makeTools().box, at(5.2, 4.4), at(3, 3), at(1.6, 0.9));
    expectPicture(bench, '......... ..1111... ..1111... ..1111... ..1111... .........');
    expect([...bench.editor.classes]).toEqual([[1, 2]]);
    expectOneStep(bench, EMPTY);
  });

  it('shows the edges of the pixels that it will hold', () => {
    const bench = benchOf(new LabelPlane(9, 6));
    const { box } = makeTools();
    box.down!(bench.editor, at(2, 1));
    box.move!(bench.editor, at(4, 2), true);
    expect(box.preview!(bench.editor)).toEqual({
      kind: 'outline',
      closed: true,
      points: [
        { x: 1.5, y: 0.5 },
        { x: 4.5, y: 0.5 },
        { x: 4.5, y: 2.5 },
        { x: 1.5, y: 2.5 },
      ],
    });
    box.cancel!(bench.editor);
    expect(box.preview!(bench.editor)).toBeNull();
    click(bench.editor, box, at(2, 1));
    expect(bench.hints).toEqual(['box_drag']);
  });

  it('is cut at the edge of the picture and leaves neighbours alone', () => {
    const bench = benchOf(planeOf('....1.... ......... .........'));
    drag(bench.editor, makeTools().box, at(3, -4), at(20, 1));
    expectPicture(bench, '...212222 ...222222 .........');
  });

  it('a point is a disc as large as the brush, a new cell each', () => {
    const bench = benchOf(planeOf(EMPTY));
    const { point } = makeTools();
    bench.editor.radius = 1;
    click(bench.editor, point, at(2, 2));
    click(bench.editor, point, at(6, 4));
    expectPicture(bench, '......... ..1...... .111..... ..1...2.. .....222. ......2..');
  });
});
