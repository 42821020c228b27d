// @vitest-environment node
import { describe, expect, it, vi } from 'vitest';

import type { Contrast } from '../../src/engine/image/contrast';
import { ImageReader } from '../../src/engine/image/imageReader';
import { makeTools, type MaskPreview, type Tool } from '../../src/engine/tools';
import { ZarrImage } from '../../src/engine/image/zarr';
import { at, benchOf, pictureOf, planeOf, tidy, type Bench } from './helpers';

const look: Contrast = {
  ...{ name: 'dapi', color: '#ffffff', low: 0, high: 900, gamma: 1 },
  ...{ log: false, invert: false, on: true },
};

/** A reader of a stored 16-bit picture: a digit is its hundreds. The sample lies at (3, 2) in it. */
function readerOf(...channels: string[]): ImageReader {
  const planes = channels.map((channel) => channel.trim().split(/\s+/));
  const [rows] = planes;
  const [width, height] = [rows![0]!.length + 3, rows!.length + 2];
  const zarr = new ZarrImage(async (path) => {
    if (path === '0/.zarray') {
      const shape = [1, planes.length, 1, height, width];
      const meta = { shape, chunks: [1, 1, 1, height, width], dtype: '<u2' };
      return new TextEncoder().encode(JSON.stringify(meta)).buffer;
    }
    const [t, c, z] = path.split('/')[1]!.split('.').map(Number);
    if (t !== 0 || z !== 0) return null;
    const pixels = new Uint16Array(width * height);
    planes[c!]!.forEach((row, y) =>
      Array.from(row, Number).forEach((value, x) => {
        pixels[(y + 2) * width + x + 3] = value * 100;
      }),
    );
    return pixels.buffer;
  });
  const contrast = planes.map((_, c) => ({ ...look, name: `c${c}` }));
  return new ImageReader(zarr, { t: 0, z: 0, y: 2, x: 3 }, { shown: contrast });
}

function benchWith(labels: string, ...channels: string[]): Bench {
  const bench = benchOf(planeOf(labels));
  bench.editor.image = readerOf(...channels);
  return bench;
}

/** Press and let go. */
function click(tool: Tool, { editor }: Bench, x: number, y: number, shift = false): void {
  tool.down?.(editor, at(x, y, shift));
  tool.up?.(editor, at(x, y, shift));
}

function drag(tool: Tool, { editor }: Bench, points: [number, number][], shift = false): void {
  const [first, ...rest] = points.map(([x, y]) => at(x, y, shift));
  tool.down?.(editor, first!);
  for (const point of rest) tool.move?.(editor, point, true);
  tool.up?.(editor, rest.at(-1) ?? first!);
}

describe('reading intensities', () => {
  const area = { x0: 1, y0: 0, x1: 3, y1: 2 };

  it('gives stored values of a channel, and what is seen of all', async () => {
    const reader = readerOf('0123 4567', '9999 0000');
    const slice = { t: 0, z: 0 };
    expect(await reader.read(slice, area, 0)).toEqual({
      ...{ area, low: 0, high: 900 },
      values: Float32Array.from([100, 200, 500, 600]),
    });
    const { values, low, high } = await reader.read(slice, area, 'visible');
    expect([low, high]).toEqual([0, 100]);
    const shares = [100 + 900, 200 + 900, 500, 600].map((sum) => (sum / 1800) * 100);
    values.forEach((value, i) => expect(value).toBeCloseTo(shares[i]!, 4));
  });
});

const CELL = `
  0000000000
  0066600000
  0666660770
  0665660770
  0066600000
  0000000000`;
const NOTHING = '.......... .......... .......... .......... .......... ..........';

describe('wand', () => {
  it('draws what is as bright as the pressed place, and undoes in one step', async () => {
    const bench = benchWith(NOTHING, CELL);
    const { wand } = makeTools();
    bench.editor.options.tolerance = 5; // of 900: the hole is filled all the same
    click(wand, bench, 2, 2);
    expect(wand.preview!(bench.editor)).toMatchObject({ kind: 'mask', waiting: true });
    await vi.waitFor(() => expect(bench.operations).toHaveLength(1));
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('.......... ..111..... .11111.... .11111.... ..111..... ..........'),
    );
    expect(bench.editor.selected).toBe(1);
    expect(wand.preview!(bench.editor)).toBeNull();
    bench.editor.undo();
    expect(pictureOf(bench.editor.plane)).toBe(tidy(NOTHING));
  });

  it('lets more in when it is pulled, keeps other cells, and remembers the tolerance', async () => {
    const bench = benchWith(
      '.......... ..3....... ..3....... .......... .......... ..........',
      CELL,
    );
    const { editor } = bench;
    const { wand } = makeTools();
    editor.options.tolerance = 0;
    wand.down!(editor, at(3, 3));
    await vi.waitFor(() => {
      const { pieces } = wand.preview!(editor) as MaskPreview;
      expect(pieces[0]!.length).toBeGreaterThan(0);
    });
    wand.move!(editor, at(3 + 6.4, 3), true); // 64 screen pixels, 4 of them to leave the place
    wand.up!(editor, at(3 + 6.4, 3));
    expect(pictureOf(editor.plane)).toBe(
      tidy('.......... ..344..... .43444.... .44444.... ..444..... ..........').replace(
        '.4344.....',
        '.43444....',
      ),
    );
    expect(editor.options.tolerance).toBe(15);
  });

  it('goes on with the cell it is pressed in, or the selected one with shift', async () => {
    const bench = benchWith(
      '.......... .......... .2........ .......... .......... ..........',
      CELL,
    );
    const { wand } = makeTools();
    click(wand, bench, 1, 2);
    await vi.waitFor(() => expect(bench.operations).toHaveLength(1));
    click(wand, bench, 7, 2, true);
    await vi.waitFor(() => expect(bench.operations).toHaveLength(2));
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('.......... ..222..... .22222.22. .22222.22. ..222..... ..........'),
    );
  });

  it('draws nothing when it was given up while the picture was loading', async () => {
    const bench = benchWith(NOTHING, CELL);
    const { wand } = makeTools();
    click(wand, bench, 2, 2);
    wand.cancel!(bench.editor);
    await bench.editor.image!.read({ t: 0, z: 0 }, bench.editor.plane.bounds, 0);
    await Promise.resolve();
    expect(bench.operations).toEqual([]);
  });
});

describe('threshold', () => {
  const FIELD = `
    0000000000000
    0880000660050
    0880000660000
    0000000000900
    0000330000990`;
  const EMPTY = Array.from({ length: 5 }, () => '.'.repeat(13)).join(' ');
  const everything: [number, number][] = [
    [0, 0],
    [13, 5],
  ];

  async function chosen(bench: Bench, tool: Tool): Promise<void> {
    await vi.waitFor(() => expect(tool.dial!()).not.toBeNull());
    expect(bench.operations).toEqual([]);
  }

  it('starts by Otsu in a box, and makes each large piece a cell in one step', async () => {
    const bench = benchWith(EMPTY, FIELD);
    const { threshold } = makeTools();
    bench.editor.options.smallest = 3;
    drag(threshold, bench, everything, true);
    await chosen(bench, threshold);
    expect(threshold.dial!()).toMatchObject({ low: 0, high: 900, pieces: 3, dropped: 1 });
    expect(threshold.key!(bench.editor, 'confirm')).toBe(true);
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('............. .11....22.... .11....22.... ..........3.. ..........33.'),
    );
    bench.editor.undo();
    expect(pictureOf(bench.editor.plane)).toBe(tidy(EMPTY));
  });

  it('follows the wheel and the options, and leaves cells alone', async () => {
    const bench = benchWith(EMPTY, FIELD);
    const { editor } = bench;
    const { threshold } = makeTools();
    editor.options.smallest = 1;
    const plane = editor.begin()!;
    plane.span(1, 1, 2, 7);
    editor.commit();
    bench.operations.length = 0;
    editor.reserve(7);
    drag(threshold, bench, everything, true);
    await chosen(bench, threshold);
    threshold.set!(editor, 250);
    expect(threshold.dial!()).toMatchObject({ value: 250, pieces: 5 });
    threshold.turn!(editor, 10);
    expect(threshold.dial!()).toMatchObject({ value: 340, pieces: 4 });
    threshold.key!(editor, 'confirm');
    expect(pictureOf(editor.plane)).toBe(
      tidy('............. .78....99..A. .88....99.... ..........B.. ..........BB.')
        .replace('A', '10')
        .replace(/B/g, '11'),
    );
  });

  it('takes a lasso, dark cells, and says when there is nothing', async () => {
    const bench = benchWith(
      EMPTY,
      '8888888888888 8118888888888 8118888881188 8888888888888 8888888888888',
    );
    const { editor } = bench;
    const { threshold } = makeTools();
    editor.options = { ...editor.options, objects: 'dark', smallest: 1 };
    drag(threshold, bench, [
      [-0.5, -0.5],
      [6, -0.5],
      [5, 4.5],
      [-0.5, 4.5],
    ]);
    await chosen(bench, threshold);
    threshold.key!(editor, 'confirm');
    expect(pictureOf(editor.plane)).toBe(
      tidy('............. .11.......... .11.......... ............. .............'),
    );
    click(threshold, bench, 4, 2);
    expect(threshold.key!(editor, 'confirm')).toBe(false);
    drag(
      threshold,
      bench,
      [
        [1, 1],
        [3, 3],
      ],
      true,
    );
    await vi.waitFor(() => expect(bench.hints).toEqual(['threshold_drag', 'region_taken']));
  });
});

describe('split', () => {
  const PAIR = `
    .............
    ..111...111..
    .11111.11111.
    .11111111111.
    .11111.11111.
    ..111...111..
    .............`;

  it('by seeds: shows the parts, takes seeds back, Enter splits in one step', () => {
    const bench = benchOf(planeOf(PAIR));
    const { editor } = bench;
    editor.classes.set(1, 4);
    editor.activeClass = 2;
    const { split } = makeTools();
    click(split, bench, 3, 3);
    click(split, bench, 9, 3);
    click(split, bench, 9, 5);
    expect(split.key!(editor, 'back')).toBe(true);
    const preview = split.preview!(editor) as MaskPreview;
    expect(preview.points).toEqual([
      { x: 3, y: 3, text: '1' },
      { x: 9, y: 3, text: '2' },
    ]);
    expect(preview.pieces).toHaveLength(2);
    expect(bench.operations).toEqual([]);
    split.key!(editor, 'confirm');
    const halves = pictureOf(editor.plane).replaceAll('2', '1');
    expect(halves).toBe(tidy(PAIR));
    expect(pictureOf(editor.plane).split('\n')[2]).toBe('.11111.22222.');
    expect(editor.classes.get(2)).toBe(4);
    expect(split.preview!(editor)).toBeNull();
    editor.undo();
    expect(pictureOf(editor.plane)).toBe(tidy(PAIR));
  });

  it('along a drawn line, every cell that it crosses, not the one it ends in', () => {
    const bench = benchOf(planeOf('....... 1112223 1112223 1112223 1112223 .......'));
    const { editor } = bench;
    const { split } = makeTools();
    drag(split, bench, [
      [-1, 2.5],
      [5.8, 2.5],
    ]);
    expect(pictureOf(editor.plane)).toBe(tidy('....... 1112223 1112223 4445553 4445553 .......'));
    expect(bench.operations).toHaveLength(1);
  });

  it('follows dark pixels where it is told to', async () => {
    const bench = benchWith(
      '........ .111111. .111111. .111111. ........',
      '00000000 08888180 08888180 08888180 00000000',
    );
    const { editor } = bench;
    editor.options.border = 'dark';
    const { split } = makeTools();
    click(split, bench, 1, 2);
    click(split, bench, 6, 2);
    await vi.waitFor(() => expect((split.preview!(editor) as MaskPreview).waiting).toBe(false));
    split.key!(editor, 'confirm');
    const row = pictureOf(editor.plane).split('\n')[2];
    expect(['.111122.', '.111112.']).toContain(row);
    expect(pictureOf(editor.plane)).toBe(tidy(`........ ${row} ${row} ${row} ........`));
  });

  it('says what is missing', () => {
    const bench = benchOf(planeOf(PAIR));
    const { split } = makeTools();
    click(split, bench, 0, 0);
    click(split, bench, 3, 3);
    split.key!(bench.editor, 'confirm');
    split.cancel!(bench.editor);
    drag(split, bench, [
      [0, 0],
      [0, 6],
    ]);
    expect(bench.hints).toEqual(['no_cell_here', 'split_needs_two', 'split_missed']);
    expect(bench.operations).toEqual([]);
  });
});
