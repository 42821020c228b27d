// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest';

import { BINS, Proposals, type Place } from '../../src/engine/proposals';
import type { Marks } from '../../src/engine/sync/markKeeper';
import { benchOf, pictureOf, planeOf, tidy, type Bench } from './helpers';

const FIRST = '1122.44 1122.44 .333.55';
const SECOND = '....... .66.... .66.44.';

let bench: Bench;
let shown: Place[];
let dimmed: number[][];
let asked: string[];
let proposals: Proposals;
let marked: Marks;

function make(marks?: Marks): Proposals {
  const { editor } = bench;
  return new Proposals(
    [
      { id: 1, confidence: 0.9 },
      { id: 2, confidence: 0.3 },
      { id: 3, confidence: null },
      { id: 4, confidence: 0.55 },
      { id: 5, confidence: 0.3 },
      { id: 6, confidence: 0.7 },
      { id: 7, confidence: 0.1 }, // nowhere to be found
    ],
    {
      editor,
      loader: {
        get loaded() {
          return [0, 1].map((z) => ({ t: 0, z })).filter((slice) => editor.hasPlane(slice));
        },
        loadAll: async () => void asked.push('planes'),
        loadPlaces: async (slice, places) =>
          void asked.push(`${places(editor.planeAt(slice)).length} on ${slice.z}`),
      },
      show: async (place) => void shown.push(place),
      changed: () => undefined,
      dimmed: (labels) => dimmed.push([...labels]),
      marks,
      marked: ({ seen, confirmed }) => {
        marked.seen.push(...seen);
        marked.confirmed.push(...confirmed);
      },
    },
  );
}

beforeEach(() => {
  bench = benchOf(planeOf(FIRST));
  const { editor } = bench;
  shown = [];
  dimmed = [];
  asked = [];
  marked = { seen: [], confirmed: [] };
  proposals = make();
  editor.setPlane({ t: 0, z: 1 }, planeOf(SECOND));
  proposals.refresh();
});

const order = (): number[] => shown.map(({ id }) => id);

describe('doubtful cells', () => {
  it('come by confidence, the least sure first, and from the start again', async () => {
    for (let i = 0; i < 6; i++) await proposals.step(1);
    expect(order()).toEqual([2, 5, 4, 6, 1, 2]);
    expect(shown[3]).toMatchObject({ slice: { t: 0, z: 1 }, x: 1.5, y: 1.5, area: 4 });
    expect(shown[2]!.slice).toEqual({ t: 0, z: 0 }); // where more of the cell lies
    expect(bench.editor.selected).toBe(2);
    expect(proposals.state).toMatchObject({ total: 5, position: 1, seen: 5, confidence: 0.3 });
  });

  it('can be gone through backwards', async () => {
    await proposals.step(-1);
    await proposals.step(-1);
    await proposals.step(1);
    expect(order()).toEqual([1, 6, 1]);
    expect(proposals.state).toMatchObject({ position: 5, seen: 2 });
  });

  it('go on from the proposed cell that the person selected', async () => {
    bench.editor.select(4);
    await proposals.step(1);
    bench.editor.select(3); // nobody rated it
    await proposals.step(1);
    expect(order()).toEqual([6, 1]);
  });

  it('are confirmed once and not shown again by it', async () => {
    await proposals.confirm(); // none is in turn yet: the first
    for (let i = 0; i < 4; i++) await proposals.confirm();
    expect(order()).toEqual([2, 5, 4, 6, 1]);
    expect(proposals.state!.confirmed).toBe(4);
    await proposals.confirm();
    expect(bench.hints).toEqual(['all_confirmed']);
    expect(order()).toHaveLength(5);
    expect(proposals.state).toMatchObject({ confirmed: 5, position: 0 });
  });

  it('keep their marks for the next visit', async () => {
    await proposals.step(1);
    await proposals.confirm();
    expect(marked).toEqual({ seen: [2, 5], confirmed: [2] });
    bench.editor.select(0);
    const again = make({ seen: [2, 5], confirmed: [2] });
    again.refresh();
    expect(again.state).toMatchObject({ seen: 2, confirmed: 1, position: 0 });
    shown = [];
    await again.step(1);
    await again.confirm(); // 2 again; the next that nobody confirmed
    expect(order()).toEqual([2, 5]);
    expect(bench.hints).toEqual([]);
  });

  it('are deleted on all their planes as one step, and the next one comes', async () => {
    bench.editor.select(4);
    await proposals.deleteTurn();
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 0 }))).toBe(tidy('1122... 1122... .333.55'));
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 1 }))).toBe(tidy('....... .66.... .66....'));
    expect(order()).toEqual([6]);
    expect(proposals.state).toMatchObject({ total: 4, position: 3 });
    bench.editor.undo();
    proposals.refresh();
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 0 }))).toBe(tidy(FIRST));
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 1 }))).toBe(tidy(SECOND));
    expect(proposals.state!.total).toBe(5);
  });

  it('must be in turn to be deleted', async () => {
    await proposals.deleteTurn();
    expect(bench.hints).toEqual(['no_cell_in_turn']);
    expect(bench.operations).toEqual([]);
  });
});

describe('a confidence', () => {
  it('dims what is below and counts it, but changes nothing', () => {
    proposals.setThreshold(0.6);
    expect(dimmed).toEqual([[2, 5, 4]]);
    expect(proposals.state!.below).toBe(3);
    proposals.setThreshold(0.601);
    expect(dimmed).toHaveLength(1);
    proposals.setThreshold(0.3); // what is as sure as this is above
    expect(dimmed.at(-1)).toEqual([]);
    expect(bench.operations).toEqual([]);
  });

  it('removes what is below on all planes as one step, but nothing that was confirmed', async () => {
    bench.editor.select(5);
    await proposals.confirm();
    proposals.setThreshold(0.6);
    await proposals.removeBelow();
    expect(asked).toEqual(['planes', '2 on 0', '1 on 1']);
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 0 }))).toBe(tidy('11..... 11..... .333.55'));
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 1 }))).toBe(tidy('....... .66.... .66....'));
    expect(bench.operations.map(({ kind, z }) => [kind, z])).toEqual([
      ['patch', 0],
      ['patch', 1],
    ]);
    expect(proposals.state).toMatchObject({ total: 3, below: 0 });
    bench.editor.undo();
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 0 }))).toBe(tidy(FIRST));
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 1 }))).toBe(tidy(SECOND));
  });

  it('confirms what is above on all planes, and what it confirmed is not removed', async () => {
    proposals.setThreshold(0.55);
    expect(proposals.state).toMatchObject({ below: 2, above: 3 });
    proposals.confirmAbove();
    expect(marked).toEqual({ seen: [], confirmed: [4, 6, 1] });
    expect(proposals.state).toMatchObject({ confirmed: 3, above: 0, below: 2 });
    expect(bench.operations).toEqual([]);
    proposals.confirmAbove();
    expect(bench.hints).toEqual(['none_above']);
    proposals.setThreshold(1);
    await proposals.removeBelow();
    expect(pictureOf(bench.editor.planeAt({ t: 0, z: 0 }))).toBe(tidy('11...44 11...44 .333...'));
    expect(proposals.state).toMatchObject({ total: 3, confirmed: 3 });
  });

  it('below which nothing is, says so', async () => {
    await proposals.removeBelow();
    expect(bench.hints).toEqual(['none_below']);
    expect(bench.operations).toEqual([]);
  });

  it('changes nothing where the labels are read-only', async () => {
    bench.editor.readOnly = true;
    proposals.setThreshold(1);
    await proposals.removeBelow();
    expect(bench.hints).toEqual(['read_only']);
    expect(bench.operations).toEqual([]);
  });

  it('is shown beside how many cells have which', () => {
    const expected = new Array<number>(BINS).fill(0);
    expected[6] = 2; // 0.3
    expected[11] = 1; // 0.55
    expected[14] = 1; // 0.7
    expected[18] = 1; // 0.9
    expect(proposals.state!.histogram).toEqual(expected);
  });
});

it('says nothing where no model said how sure it is', () => {
  const { editor } = bench;
  const none = new Proposals([{ id: 1 }], {
    editor,
    loader: { loaded: [], loadAll: async () => undefined, loadPlaces: async () => undefined },
    show: async () => undefined,
    changed: () => undefined,
    dimmed: () => undefined,
  });
  none.refresh();
  expect(none.state).toBeNull();
});
