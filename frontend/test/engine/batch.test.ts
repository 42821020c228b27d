// @vitest-environment node
import 'fake-indexeddb/auto';

import { describe, expect, it, vi } from 'vitest';

import { Batch, suggestionOf } from '../../src/engine/batch';
import { mixChannels, planCrop } from '../../src/engine/crop';
import type { Operation } from '../../src/engine/operations';
import { Outbox } from '../../src/engine/outbox';
import type { Item } from '../../src/engine/tasks';
import type { Stored, Transport } from '../../src/engine/transport';

const CLASSES = ['a', 'b'].map((name, i) => ({
  id: i,
  index: i + 1,
  name,
  color: '#ffffff',
  key: String(i + 1),
}));

function itemOf(id: string, classIndex: number | null, scores: Record<string, number> = {}): Item {
  const annotation = { id, version: 0, state: 'draft', class_index: classIndex, note: '' };
  const proposal = { source: 'm', reason: '', objects: [], class_scores: scores };
  return { assignment: null, sample: {}, image: {}, annotation, proposal } as unknown as Item;
}

let serial = 0;

async function benchOf(items: Item[]): Promise<{ batch: Batch; log: Map<string, Operation[]> }> {
  const log = new Map<string, Operation[]>();
  const transport: Transport = {
    send: async (annotation, base, operations): Promise<Stored> => {
      log.set(annotation, [...(log.get(annotation) ?? []), ...operations]);
      const applied = operations.map(({ op_id }) => op_id);
      return { version: base + operations.length, applied };
    },
    loadPlane: () => Promise.reject(new Error('not asked for here')),
  };
  const batch = new Batch(items, CLASSES, await Outbox.open(`batch-${++serial}`), transport);
  await batch.open();
  return { batch, log };
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

  it('suggests the class with the highest score', () => {
    expect(suggestionOf(itemOf('x', null, { '1': 0.2, '2': 0.7 }))).toBe(2);
    expect(suggestionOf(itemOf('x', null))).toBeNull();
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
});
