// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { entropyOf, LabelColors } from '../../src/engine/labels/labelColors';
import {
  Composite,
  halve,
  type HeatPlane,
  type LayerPlane,
} from '../../src/engine/overlays/composite';
import { compare } from '../../src/engine/overlays/difference';
import { Layers, type LayerSource } from '../../src/engine/overlays/layers';
import { tailsAt } from '../../src/engine/overlays/tracks';
import { colorOfShare } from '../../src/engine/renderer/palette';
import type { LabelClass } from '../../src/api/types';
import { planeOf } from './helpers';

function layerOf(picture: string): LayerPlane {
  const plane = planeOf(picture);
  return { labels: plane.toArray(), width: plane.width, height: plane.height };
}

/** The bits of a composite as rows of digits. */
function bitsOf({ pixels, width, height }: Composite): string {
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => pixels[(y * width + x) * 2] || '.').join(''),
  );
  return rows.join(' ');
}

describe('composite', () => {
  it('marks the rims of cells, against each other and at the edge of the picture', () => {
    const layer = layerOf('11112 11112 11112 11112');
    const composite = new Composite(5, 4);
    composite.addRims(layer, [255, 0, 0], 1);
    composite.addArea((at) => at === 6, [0, 0, 255], 0.5);
    expect(bitsOf(composite)).toBe('11111 12.11 1..11 11111');
    expect(composite.colors.map(({ opacity }) => opacity)).toEqual([1, 0.5]);
  });

  it('keeps heat from none to certain apart', () => {
    const composite = new Composite(3, 1);
    composite.addHeat(layerOf('12.'), new Map([[1, 0], [2, 1]]), 0.5); // prettier-ignore
    expect([...composite.pixels]).toEqual([0, 1, 0, 255, 0, 0]);
  });

  it('colours pixels by the doubt of a model, which may be coarser than the picture', () => {
    const composite = new Composite(4, 2);
    composite.addDoubt({ values: Uint8Array.from([255, 3]), width: 2, height: 1 }, 0.5);
    // As unsure as can be is the low end of the scale; what is as good as certain stays clear.
    const heats = [...composite.pixels].filter((_, at) => at % 2 === 1);
    expect(heats).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
  });

  it('keeps lines and what is unsure in coarser levels, for odd sizes too', () => {
    const fine = Uint8Array.from([0, 3, 4, 9, 1, 2, 0, 0, 0, 0, 8, 7]); // 3 x 2
    expect(halve(fine, 3, 2)).toEqual({ pixels: Uint8Array.from([13, 2]), width: 1, height: 1 });
  });

  it('refuses more layers than it has bits', () => {
    const composite = new Composite(1, 1);
    for (let i = 0; i < 8; i++) composite.addArea(() => true, [0, 0, 0], 1);
    expect(() => composite.addArea(() => true, [0, 0, 0], 1)).toThrow('too many');
  });
});

describe('difference', () => {
  it('matches cells that overlap by more than half', () => {
    const first = layerOf('111.22 111.22 ......');
    const second = layerOf('55..33 555... ...4..');
    expect(compare(first, second)).toEqual({
      matched: 1, // 1 with 5: 5 of 6 pixels; 2 with 3: 2 of 4, which is not more than half
      onlyFirst: 1,
      onlySecond: 2,
      meanIou: 5 / 6,
      pixelIou: 7 / 11,
    });
  });

  it('says nothing of what is not there, and refuses other sizes', () => {
    const empty = layerOf('... ...');
    expect(compare(empty, empty)).toMatchObject({ matched: 0, meanIou: null, pixelIou: null });
    expect(() => compare(empty, layerOf('.. .. ..'))).toThrow(RangeError);
  });
});

describe('tails of tracks', () => {
  const at = (id: number, x: number): [number, never] => [id, { id, x, y: 1, area: 4 } as never];
  const frames = [[at(1, 0), at(2, 50)], [at(1, 5)], [at(1, 9), at(2, 60), at(3, 80)]];

  it('go back as far as asked, and end where the cell was missing or nothing is loaded', () => {
    const objectsOf = (t: number) => new Map(frames[t]);
    const [tail, ...others] = tailsAt(2, 5, objectsOf);
    expect(others).toEqual([]); // 2 was not in the frame before, 3 is new
    expect(tail!.points.map(({ x }) => x)).toEqual([0, 5, 9]);
    expect(tailsAt(2, 1, objectsOf)[0]!.points.map(({ x }) => x)).toEqual([5, 9]);
    expect(tailsAt(2, 5, (t) => (t === 2 ? objectsOf(t) : null))).toEqual([]);
  });
});

describe('colours', () => {
  const classes = [
    { index: 1, color: '#ff0000' },
    { index: 2, color: '#00ff00' },
  ] as LabelClass[];
  const proposed = [{ id: 5, confidence: 0.5 }, { id: 6, confidence: 1 }, { id: 7 }]; // prettier-ignore

  it('follow class, confidence, uncertainty and who drew the cell', () => {
    const colors = new LabelColors(classes, new Map([[5, 2]]), proposed);
    expect(colors.mode).toBe('class');
    expect(colors.colorOf(5)).toEqual([0, 255, 0]);
    expect(colors.colorOf(6)).toBeNull();
    colors.choose('confidence');
    expect([5, 6, 7].map((id) => colors.colorOf(id))).toEqual([
      colorOfShare(0.5),
      colorOfShare(1),
      null,
    ]);
    colors.choose('uncertainty');
    expect(colors.colorOf(5)).toEqual(colorOfShare(0)); // one bit: as unsure as can be
    expect(colors.colorOf(6)).toEqual(colorOfShare(1));
    colors.choose('origin');
    expect(colors.colorOf(7)).not.toBeNull();
    expect(colors.colorOf(8)).toBeNull();
  });

  it('offer only modes that something is known for', () => {
    const colors = new LabelColors([], new Map(), []);
    expect(colors.modes).toEqual(['id']);
    expect(colors.choose('confidence')).toBe(false);
    expect(colors.mode).toBe('id');
  });

  it('know the entropy of a confidence in bits', () => {
    expect([0, 0.5, 1].map(entropyOf)).toEqual([0, 1, 0]);
    expect(entropyOf(0.25)).toBeCloseTo(0.8113, 4);
  });
});

describe('layers', () => {
  const plane = planeOf('11.. 11..');
  const theirs = layerOf('.11. .11.');

  function benchOf(sources: LayerSource[]): { layers: Layers; shown: () => Composite | null } {
    let shown: Composite | null = null;
    const host = {
      plane: () => plane,
      slice: () => ({ t: 0, z: 0 }),
      show: (composite: Composite | null) => (shown = composite),
      changed: () => undefined,
    };
    return { layers: new Layers(host, sources), shown: () => shown };
  }

  const sourceOf = (id: string, load: LayerSource['load']): LayerSource => ({
    ...{ id, kind: 'answer', name: id, load },
  });
  const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

  it('are loaded when switched on, once, and taken away again', async () => {
    let loads = 0;
    const { layers, shown } = benchOf([sourceOf('a', async () => (loads++, theirs))]);
    expect(loads).toBe(0);
    layers.toggle('a');
    await settled();
    expect(layers.view.layers[0]).toMatchObject({ on: true, state: 'shown' });
    expect(bitsOf(shown()!)).toBe('.11. .11.');
    layers.toggle('a');
    await settled();
    expect(shown()).toBeNull();
    layers.toggle('a');
    await settled();
    expect(loads).toBe(1);
  });

  it('tell what is missing, and try again what failed', async () => {
    let fails = true;
    const failing = async (): Promise<LayerPlane> => {
      if (fails) throw new Error('offline');
      return theirs;
    };
    const { layers } = benchOf([sourceOf('none', async () => null), sourceOf('bad', failing)]);
    layers.toggle('none');
    layers.toggle('bad');
    await settled();
    expect(layers.view.layers.map(({ state }) => state)).toEqual(['none', 'failed']);
    fails = false;
    layers.toggle('bad');
    layers.toggle('bad');
    await settled();
    expect(layers.view.layers[1]!.state).toBe('shown');
  });

  it('show where the screen differs, cell by cell', async () => {
    const { layers, shown } = benchOf([sourceOf('a', async () => theirs)]);
    layers.compareWith('a');
    await settled();
    expect(bitsOf(shown()!)).toBe('1.2. 1.2.');
    expect(layers.view.difference).toMatchObject({ matched: 0, onlyFirst: 1, onlySecond: 1 });
    layers.compareWith(null);
    await settled();
    expect(layers.view.difference).toBeNull();
  });

  it('colour the model’s unsure cells', async () => {
    const source = { ...sourceOf('p', async () => theirs), objects: [{ id: 1, confidence: 0.5 }] };
    const { layers, shown } = benchOf([source]);
    layers.toggleUncertainty();
    await settled();
    expect(bitsOf(shown()!)).toBe('.... ....');
    expect([...shown()!.pixels].filter((_, i) => i % 2)).toEqual([0, 1, 1, 0, 0, 1, 1, 0]);
  });

  it('colour the pixels that the model is unsure of, where it told them, and once', async () => {
    let loads = 0;
    const loadHeat = async (): Promise<HeatPlane> => {
      loads++;
      return { values: Uint8Array.from([0, 255]), width: 2, height: 1 };
    };
    const objects = [{ id: 1, confidence: 0.5 }];
    const { layers, shown } = benchOf([
      { ...sourceOf('p', async () => theirs), objects, loadHeat },
    ]);
    layers.toggle('p');
    await settled();
    expect(loads).toBe(0);
    layers.toggleUncertainty();
    await settled();
    expect([...shown()!.pixels].filter((_, i) => i % 2)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    layers.toggleUncertainty();
    layers.toggleUncertainty();
    await settled();
    expect(loads).toBe(1);
  });

  it('are at most six at once', () => {
    const many = Array.from({ length: 7 }, (_, i) => sourceOf(`a${i}`, async () => theirs));
    const { layers } = benchOf(many);
    expect(many.map(({ id }) => layers.toggle(id))).toEqual([
      ...Array<boolean>(6).fill(true),
      false,
    ]);
  });
});
