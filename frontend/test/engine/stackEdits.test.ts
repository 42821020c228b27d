// @vitest-environment node
import { describe, expect, it } from 'vitest';

import type { Slice } from '../../src/engine/labels/operations';
import { Reach } from '../../src/engine/labels/reach';
import { StackEdits } from '../../src/engine/labels/stackEdits';
import { makeTools } from '../../src/engine/tools';
import { deleteObject } from '../../src/engine/tools/delete';
import { at, benchOf, pictureOf, planeOf, tidy, type Bench } from './helpers';

interface Stack extends Bench {
  stack: StackEdits;
  loaded: Slice[];
  shown: (t: number, z: number) => string;
}

/** A stack or movie of which only the first plane is here at first. */
function stackOf(pictures: string[][]): Stack {
  const bench = benchOf(planeOf(pictures[0]![0]!));
  const { editor } = bench;
  const extent = { frames: pictures.length, depth: pictures[0]!.length };
  const loaded: Slice[] = [];
  const load = async (slice: Slice): Promise<void> => {
    if (editor.hasPlane(slice)) return;
    await Promise.resolve();
    loaded.push(slice);
    const picture = pictures[slice.t]![slice.z]!;
    if (picture === 'broken') throw new Error('The server is away.');
    editor.setPlane(slice, planeOf(picture));
  };
  editor.reach = new Reach(extent, load);
  const goTo = async (slice: Slice): Promise<void> => {
    editor.goTo(slice);
    await load(slice);
  };
  const stack = new StackEdits({ editor, goTo });
  const shown = (t: number, z: number): string => pictureOf(editor.planeAt({ t, z }));
  return { ...bench, stack, loaded, shown };
}

describe('copying to a neighbouring plane', () => {
  it('takes the selected cell, never covers others, says what it left out, and is one step', async () => {
    const { editor, stack, shown, hints, operations } = stackOf([
      ['.11.2 .11.2 .....', '...3. .33.. .....'],
    ]);
    editor.select(1);
    await stack.copy({ dt: 0, dz: 1 }, 'selected');
    expect(editor.currentSlice).toEqual({ t: 0, z: 1 });
    expect(shown(0, 1)).toBe(tidy('.113. .33.. .....'));
    expect(hints).toEqual(['left_out']);
    expect(operations.map(({ kind, z }) => [kind, z])).toEqual([['patch', 1]]);
    editor.undo();
    expect(shown(0, 1)).toBe(tidy('...3. .33.. .....'));
    expect(editor.currentSlice.z).toBe(1);
  });

  it('takes all cells to the next frame but those that are there already', async () => {
    const { editor, stack, shown, operations } = stackOf([['.11.2 .11.2'], ['1.... .....']]);
    await stack.copy({ dt: 1, dz: 0 }, 'all');
    expect(shown(1, 0)).toBe(tidy('1...2 ....2'));
    expect(operations).toHaveLength(1);
    editor.select(2);
    await stack.copy({ dt: -1, dz: 0 }, 'selected');
    expect(operations).toHaveLength(1);
    expect(editor.currentSlice).toEqual({ t: 0, z: 0 });
  });

  it('refuses without a cell, and past the last plane', async () => {
    const { editor, stack, hints } = stackOf([['.1. ...', '... ...']]);
    await stack.copy({ dt: 0, dz: 1 }, 'selected');
    editor.select(1);
    await stack.copy({ dt: 0, dz: -1 }, 'selected');
    await stack.copy({ dt: 1, dz: 0 }, 'all');
    expect(hints).toEqual(['copy_select_first', 'no_plane_there', 'no_plane_there']);
  });

  it('changes nothing when the other plane cannot be loaded', async () => {
    const { editor, stack, hints, operations } = stackOf([['.1. ...', 'broken']]);
    editor.select(1);
    await stack.copy({ dt: 0, dz: 1 }, 'selected');
    expect(hints).toEqual(['planes_failed']);
    expect(operations).toEqual([]);
    expect(editor.currentSlice.z).toBe(0);
  });
});

describe('interpolation between planes', () => {
  const EMPTY = '....... ....... ....... ....... .......';
  const SMALL = '....... ....... ...1... ....... .......';
  const LARGE = '....... .11111. .11111. .11111. .......';

  it('fills the gap from either side, around other cells, as one step over planes', async () => {
    const taken = '....... ....... ....... ...2... .......';
    const { editor, stack, shown, operations, hints } = stackOf([
      [SMALL, EMPTY, taken, LARGE, EMPTY],
    ]);
    editor.select(1);
    await stack.interpolate();
    expect(shown(0, 1)).toBe(tidy('....... ....... ..111.. ....... .......'));
    expect(shown(0, 2)).toBe(tidy('....... ..111.. ..111.. ..121.. .......'));
    expect(operations.map(({ z }) => z)).toEqual([1, 2]);
    expect(hints.at(-1)).toBe('left_out');
    editor.undo();
    expect(shown(0, 1)).toBe(tidy(EMPTY));
    expect(shown(0, 2)).toBe(tidy(taken));
    editor.redo();
    expect(shown(0, 1)).toBe(tidy('....... ....... ..111.. ....... .......'));
  });

  it('from a plane in the gap, and along time in a movie', async () => {
    const { editor, stack, shown } = stackOf([[SMALL], [EMPTY], [EMPTY], [SMALL]]);
    editor.reserve(1);
    editor.goTo({ t: 2, z: 0 });
    editor.setPlane({ t: 2, z: 0 }, planeOf(EMPTY));
    editor.select(1);
    await stack.interpolate();
    expect(shown(1, 0)).toBe(tidy(SMALL));
    expect(shown(2, 0)).toBe(tidy(SMALL));
  });

  it('says when there is nothing to fill', async () => {
    const { editor, stack, hints } = stackOf([[SMALL, LARGE, EMPTY]]);
    await stack.interpolate();
    editor.select(1);
    await stack.interpolate();
    expect(hints).toEqual(['interpolate_select_first', 'interpolate_nothing']);
  });
});

describe('whole cells', () => {
  const movie = (): Stack =>
    stackOf([
      ['11.2 11.2', '1..2 ....'],
      ['.1.2 .1..', '.1.. .1..'],
    ]);

  it('are deleted in all slices of their frame, loaded or not, in one step', async () => {
    const { editor, shown, loaded, operations } = movie();
    editor.select(1);
    deleteObject(editor, 1);
    expect(operations).toEqual([]); // the second slice is on its way
    await expect.poll(() => operations.length).toBe(2);
    expect(loaded).toEqual([{ t: 0, z: 1 }]);
    expect(shown(0, 0)).toBe(tidy('...2 ...2'));
    expect(shown(0, 1)).toBe(tidy('...2 ....'));
    expect(editor.selected).toBe(0);
    editor.undo();
    expect(shown(0, 1)).toBe(tidy('1..2 ....'));
    editor.options.reach = 'plane';
    deleteObject(editor, 1);
    expect(shown(0, 0)).toBe(tidy('...2 ...2'));
    expect(shown(0, 1)).toBe(tidy('1..2 ....'));
  });

  it('are merged in all frames when the person says so', async () => {
    const { editor, shown, operations } = movie();
    editor.options.reach = 'movie';
    const { merge } = makeTools();
    for (const x of [3, 0]) {
      merge.down?.(editor, at(x, 0));
      merge.up?.(editor, at(x, 0));
    }
    await expect.poll(() => operations.length).toBe(4);
    expect(shown(0, 0)).toBe(tidy('22.2 22.2'));
    expect(shown(0, 1)).toBe(tidy('2..2 ....'));
    expect(shown(1, 0)).toBe(tidy('.2.2 .2..'));
    expect(shown(1, 1)).toBe(tidy('.2.. .2..'));
  });

  it('stay when a plane of theirs cannot be loaded', async () => {
    const { editor, shown, hints } = stackOf([['11 ..', 'broken']]);
    deleteObject(editor, 1);
    await expect.poll(() => hints).toEqual(['planes_failed']);
    expect(shown(0, 0)).toBe(tidy('11 ..'));
  });
});
