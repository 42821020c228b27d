// @vitest-environment node
import 'fake-indexeddb/auto';

import { describe, expect, it, vi } from 'vitest';

import { Batch } from '../../src/engine/grid/batch';
import { mixChannels, planCrop } from '../../src/engine/grid/crop';
import type { StepStore } from '../../src/engine/grid/gridSteps';
import type { Operation } from '../../src/engine/labels/operations';
import { Outbox } from '../../src/engine/sync/outbox';
import type { Draft, Item } from '../../src/engine/sync/tasks';
import { Refusal, type Stored, type Transport } from '../../src/engine/sync/transport';

const CLASSES = ['a', 'b'].map((name, i) => ({
  id: i,
  index: i + 1,
  name,
  color: '#ffffff',
  key: String(i + 1),
}));

function itemOf(id: string, classIndex: number | null, scores: Record<string, number> = {}): Item {
  const annotation = {
    id,
    version: 0,
    state: 'draft',
    class_index: classIndex,
    object_classes: {},
    note: '',
  };
  const proposal = { source: 'm', reason: '', objects: [], class_scores: scores };
  return { assignment: null, sample: {}, image: {}, annotation, proposal } as unknown as Item;
}

let serial = 0;

interface Bench {
  batch: Batch;
  log: Map<string, Operation[]>;
  /** What another tab stored for the first item, before ours comes. */
  intrude: (theirs: number | null) => void;
}

async function benchOf(
  items: Item[],
  steps: StepStore = { load: () => null, save: () => undefined },
  several = false,
): Promise<Bench> {
  const log = new Map<string, Operation[]>();
  let theirs: number | null | undefined;
  const transport: Transport = {
    send: async (annotation, base, operations): Promise<Stored> => {
      if (theirs !== undefined && base === 0 && annotation === items[0]!.annotation.id) {
        throw new Refusal('conflict', 'somebody was first', 1);
      }
      log.set(annotation, [...(log.get(annotation) ?? []), ...operations]);
      const applied = operations.map(({ op_id }) => op_id);
      return { version: base + operations.length, applied };
    },
    loadPlane: () => Promise.reject(new Error('not asked for here')),
  };
  const outbox = await Outbox.open(`batch-${++serial}`);
  const stored = (): Promise<Draft> =>
    Promise.resolve({ ...items[0]!.annotation, class_index: theirs ?? null });
  const batch = new Batch(items, CLASSES, outbox, transport, stored, steps, several);
  await batch.open();
  return { batch, log, intrude: (index) => (theirs = index) };
}

const answers = (operations: Operation[] = []): (number | null | undefined)[] =>
  operations.map(({ payload }) => payload?.class_index);

describe('batch', () => {
  it('starts at the first open item and skips what is answered', async () => {
    const { batch } = await benchOf([itemOf('x', 2), itemOf('y', null), itemOf('z', null)]);
    expect(batch.snapshot().focus).toBe(1);
    batch.choose(1);
    expect(batch.snapshot()).toMatchObject({ focus: 2, choices: [2, 1, null], chosen: 2 });
  });

  it('stores each choice as it is made, and undo of a whole step', async () => {
    const { batch, log } = await benchOf(['x', 'y', 'z'].map((id) => itemOf(id, null)));
    batch.choose(1);
    batch.chooseRest(2);
    expect(batch.snapshot().choices).toEqual([1, 2, 2]);
    batch.undo();
    expect(batch.snapshot()).toMatchObject({ choices: [1, null, null], focus: 1, canUndo: true });
    await batch.settle();
    await vi.waitFor(() => expect(batch.snapshot().save).toBe('saved'));
    expect(answers(log.get('x'))).toEqual([1]);
    expect(answers(log.get('z'))).toEqual([2, null]);
    expect(log.get('z')!.map(({ kind }) => kind)).toEqual(['answer', 'undo']);
  });

  it('gives what is selected a class in one step, and goes on to the next open one', async () => {
    const { batch } = await benchOf(['v', 'w', 'x', 'y', 'z'].map((id) => itemOf(id, null)));
    batch.click(1);
    batch.click(3, { extend: true });
    batch.choose(2);
    expect(batch.snapshot()).toMatchObject({
      choices: [null, 2, 2, 2, null],
      focus: 4,
      sweep: { count: 3, choice: 2 },
    });
    expect(batch.snapshot().selected.size).toBe(0);
    batch.undo();
    expect(batch.snapshot()).toMatchObject({
      choices: [null, null, null, null, null],
      sweep: null,
      canRedo: true,
    });
    expect([...batch.snapshot().selected]).toEqual([1, 2, 3]);
    batch.redo();
    expect(batch.snapshot()).toMatchObject({ choices: [null, 2, 2, 2, null], canRedo: false });
  });

  it('redoes nothing after something new was done', async () => {
    const { batch, log } = await benchOf(['x', 'y'].map((id) => itemOf(id, null)));
    batch.choose(1);
    batch.undo();
    batch.choose(2);
    batch.redo();
    expect(batch.snapshot().choices).toEqual([2, null]);
    await batch.settle();
    expect(answers(log.get('x'))).toEqual([1, null, 2]);
  });

  it('takes classes away, and makes no step of what changes nothing', async () => {
    const { batch } = await benchOf([itemOf('x', 1), itemOf('y', null), itemOf('z', 2)]);
    batch.click(1);
    batch.clear();
    expect(batch.snapshot().canUndo).toBe(false);
    batch.selectAll();
    batch.clear();
    expect(batch.snapshot()).toMatchObject({
      choices: [null, null, null],
      sweep: { count: 2, choice: null },
    });
    batch.undo();
    expect(batch.snapshot().choices).toEqual([1, null, 2]);
  });

  it("takes the model's suggestions for all that is selected at once", async () => {
    const { batch } = await benchOf([
      itemOf('x', null, { '1': 0.9, '2': 0.1 }),
      itemOf('y', null),
      itemOf('z', null, { '1': 0.4, '2': 0.6 }),
    ]);
    batch.selectAll();
    batch.acceptSuggestions();
    expect(batch.snapshot()).toMatchObject({ choices: [1, null, 2], focus: 1 });
    batch.undo();
    expect(batch.snapshot().chosen).toBe(0);
  });

  it('goes to the next open picture in the order that is shown', async () => {
    const { batch } = await benchOf(['w', 'x', 'y', 'z'].map((id) => itemOf(id, null)));
    batch.arrange([2, 0, 3, 1]);
    batch.click(0);
    batch.choose(1);
    expect(batch.snapshot().focus).toBe(3);
    batch.click(2);
    batch.move(2, true);
    expect([...batch.snapshot().selected]).toEqual([2, 0, 3]);
    batch.chooseRest(2);
    expect(batch.snapshot().choices).toEqual([1, 2, 2, 2]);
  });

  it('asks when it was answered otherwise elsewhere, and sends nothing of it till then', async () => {
    const { batch, log, intrude } = await benchOf([itemOf('x', null), itemOf('y', null)]);
    intrude(2);
    batch.choose(1);
    await vi.waitFor(() => expect([...batch.snapshot().asked]).toEqual([[0, 2]]));
    expect(batch.snapshot().choices[0]).toBe(1);
    expect(log.get('x')).toBeUndefined();
    await batch.keep([0], 'mine');
    await batch.settle();
    expect(answers(log.get('x'))).toEqual([1]);
    expect(batch.snapshot().asked.size).toBe(0);
  });

  it('takes the other answer, and leaves out the steps that do not lead to it', async () => {
    const { batch, log, intrude } = await benchOf([itemOf('x', null), itemOf('y', null)]);
    batch.click(1);
    batch.choose(2);
    intrude(2);
    batch.click(0);
    batch.choose(1);
    await vi.waitFor(() => expect(batch.snapshot().asked.size).toBe(1));
    await batch.keep([0], 'theirs');
    await vi.waitFor(() => expect(batch.snapshot().save).toBe('saved'));
    expect(batch.snapshot()).toMatchObject({ choices: [2, 2], canUndo: false });
    expect(log.get('x')).toBeUndefined();
    expect(answers(log.get('y'))).toEqual([2]);
  });

  it('takes a new answer to what is asked for a choice', async () => {
    const { batch, log, intrude } = await benchOf([itemOf('x', null)]);
    intrude(2);
    batch.choose(1);
    await vi.waitFor(() => expect(batch.snapshot().asked.size).toBe(1));
    batch.click(0);
    batch.choose(2);
    await vi.waitFor(() => expect(batch.snapshot().save).toBe('saved'));
    expect(batch.snapshot()).toMatchObject({ choices: [2], asked: new Map() });
    expect(answers(log.get('x'))).toEqual([1, 2]);
  });
});

describe('undo after a reload', () => {
  const store = (): StepStore => {
    let kept: string | null = null;
    return { load: () => kept, save: (text) => (kept = text) };
  };

  it('goes on where it was, also when pictures stand elsewhere now', async () => {
    const steps = store();
    const first = await benchOf(
      ['x', 'y', 'z'].map((id) => itemOf(id, null)),
      steps,
    );
    first.batch.choose(1);
    first.batch.chooseRest(2);
    first.batch.undo();
    const { batch } = await benchOf([itemOf('z', null), itemOf('x', 1), itemOf('y', null)], steps);
    expect(batch.snapshot()).toMatchObject({ canUndo: true, canRedo: true });
    batch.redo();
    expect(batch.snapshot().choices).toEqual([2, 1, 2]);
    batch.undo();
    batch.undo();
    expect(batch.snapshot()).toMatchObject({ choices: [null, null, null], canUndo: false });
  });

  it('leaves out steps that do not lead to what the server has now', async () => {
    const steps = store();
    const first = await benchOf(
      ['x', 'y'].map((id) => itemOf(id, null)),
      steps,
    );
    first.batch.choose(1);
    first.batch.choose(2);
    const { batch } = await benchOf([itemOf('x', 2), itemOf('y', 2)], steps);
    batch.undo();
    expect(batch.snapshot()).toMatchObject({ choices: [2, null], canUndo: false });
  });

  it('knows nothing of other grids, and takes no notice of damaged storage', async () => {
    const steps = store();
    const first = await benchOf([itemOf('x', null)], steps);
    first.batch.choose(1);
    expect((await benchOf([itemOf('w', 1)], steps)).batch.snapshot().canUndo).toBe(false);
    steps.save('{"ids": 3');
    expect((await benchOf([itemOf('x', 1)], steps)).batch.snapshot().canUndo).toBe(false);
  });
});

describe('crops', () => {
  const image = {
    size: { t: 1, c: 1, z: 1, y: 600, x: 1000 },
    levels: [
      { y: 600, x: 1000 },
      { y: 300, x: 500 },
      { y: 150, x: 250 },
    ],
  };

  it('show a region with its surroundings at full resolution', () => {
    const region = { t: 0, z: 0, y0: 0, x0: 100, y1: 40, x1: 140 };
    expect(planCrop(image, region, 240)).toEqual({
      level: 0,
      area: { x0: 90, y0: 0, x1: 150, y1: 50 },
      frame: { x0: 100, y0: 0, x1: 140, y1: 40 },
    });
  });

  it('take a coarser level for a whole image', () => {
    expect(planCrop(image, null, 240)).toEqual({
      level: 2,
      area: { x0: 0, y0: 0, x1: 250, y1: 150 },
      frame: null,
    });
  });

  it('mix channels by colour and window', () => {
    const look = { name: '', low: 0, high: 100, gamma: 1, log: false, invert: false, on: true };
    const pixels = mixChannels(
      [Float32Array.of(50, 200), Float32Array.of(100, 0)],
      [
        { ...look, color: '#ff0000' },
        { ...look, color: '#00ff00' },
      ],
      2,
    );
    expect([...pixels]).toEqual([128, 255, 0, 255, 255, 0, 0, 255]);
  });

  it('adds and takes away classes where a picture may have several', async () => {
    const { batch, log } = await benchOf([itemOf('x', null), itemOf('y', null)], undefined, true);
    batch.choose(2);
    batch.choose(1);
    expect(batch.snapshot()).toMatchObject({ focus: 0, choices: [[1, 2], null], chosen: 1 });
    batch.choose(2);
    batch.undo();
    expect(batch.snapshot().choices).toEqual([[1, 2], null]);
    await batch.settle();
    expect(log.get('x')!.map(({ kind, payload }) => [kind, payload])).toEqual([
      ['class', { object: 2, class_index: 2 }],
      ['class', { object: 1, class_index: 1 }],
      ['class', { object: 2, class_index: null }],
      ['undo', { object: 2, class_index: 2 }],
    ]);
    // One of two has it: the class is added; both have it: it is taken from both.
    batch.selectAll();
    batch.choose(1);
    expect(batch.snapshot().choices).toEqual([[1, 2], [1]]);
    batch.choose(1);
    expect(batch.snapshot().choices).toEqual([[2], []]);
  });

  it('says that a picture has none of the classes, which is an answer too', async () => {
    const { batch } = await benchOf([itemOf('x', null), itemOf('y', null)], undefined, true);
    batch.clear();
    expect(batch.snapshot()).toMatchObject({ choices: [[], null], chosen: 1, focus: 1 });
    batch.chooseRest(2);
    expect(batch.snapshot().choices).toEqual([[], [2]]);
  });

  it('takes up classes of an earlier visit, and those that the model found', async () => {
    const known = itemOf('x', null);
    known.annotation.object_classes = { 2: 2, 1: 1 };
    const seen = itemOf('y', null, { 1: 0.3, 2: 0.9 });
    seen.proposal!.objects = [{ id: 2, class_index: 2, confidence: 0.9 }];
    const { batch } = await benchOf([known, seen], undefined, true);
    expect(batch.snapshot()).toMatchObject({ choices: [[1, 2], null], focus: 1 });
    batch.acceptSuggestions();
    expect(batch.snapshot().choices).toEqual([[1, 2], [2]]);
  });
});
