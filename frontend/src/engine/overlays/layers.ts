/**
 * What can be laid over the picture: the model's proposal, its uncertainty, other people's answers, the consensus, and where one of
 * them differs from what is on the screen. Nothing here can be edited, and nothing is loaded before it is switched on.
 */
import { entropyOf } from '../labels/labelColors';
import type { LabelPlane } from '../labels/labels';
import { sliceKey, type Slice } from '../labels/operations';
import type { Rgb } from '../renderer/palette';
import { MOST_PIXELS } from '../renderer/overlayTexture';
import type { ProposedObject } from '../snapshot';
import { Composite, MOST_LAYERS, type HeatPlane, type LayerPlane } from './composite';
import { compare, type Difference } from './difference';

/** A label image of the sample that somebody else made. */
export interface LayerSource {
  id: string;
  kind: 'proposal' | 'consensus' | 'answer';
  /** Of a person; empty where the kind says it all. */
  name: string;
  /** Answers null where there is none. */
  load(slice: Slice): Promise<LayerPlane | null>;
  /** The map of uncertainty; null where there is none, and cells have their confidence instead. */
  loadHeat?(slice: Slice): Promise<HeatPlane | null>;
  /** Confidences, for the uncertainty map. */
  objects?: readonly ProposedObject[];
}

export type LayerState = 'off' | 'loading' | 'shown' | 'none' | 'failed' | 'too_large';

/** A layer as the page shows it. */
export interface LayerView {
  id: string;
  kind: LayerSource['kind'];
  name: string;
  color: Rgb;
  on: boolean;
  state: LayerState;
}

export interface LayersView {
  layers: readonly LayerView[];
  opacity: number;
  /** The map of the model's uncertainty can be shown. */
  hasUncertainty: boolean;
  uncertainty: boolean;
  /** The layer that the screen's labels are compared with. */
  comparedWith: string | null;
  difference: Difference | null;
}

export interface LayersHost {
  /** The labels on the screen, and which plane they are. */
  plane(): LabelPlane;
  slice(): Slice;
  show(composite: Composite | null): void;
  changed(): void;
}

/** White for the consensus, then colours that are told apart on dark pictures. */
const COLORS: readonly Rgb[] = [
  [255, 255, 255],
  [86, 180, 233],
  [240, 228, 66],
  [235, 120, 190],
  [0, 190, 140],
  [255, 110, 60],
];
const ONLY_HERE: Rgb = [240, 228, 66];
const ONLY_THERE: Rgb = [86, 180, 233];
/** The difference takes two of the bits. */
const MOST_SHOWN = MOST_LAYERS - 2;

interface Layer extends LayerView {
  source: LayerSource;
  planes: Map<string, LayerPlane | null>;
  heats: Map<string, HeatPlane | null>;
}

export class Layers {
  private readonly layers: Layer[] = [];
  private opacity = 0.8;
  private uncertainty = false;
  private comparedWith: string | null = null;
  private difference: Difference | null = null;

  constructor(
    private readonly host: LayersHost,
    sources: readonly LayerSource[],
  ) {
    this.take(sources);
  }

  get view(): LayersView {
    const layers = this.layers.map(({ id, kind, name, color, on, state }) => ({
      ...{ id, kind, name, color, on, state },
    }));
    const { opacity, uncertainty, comparedWith, difference } = this;
    const hasUncertainty = this.uncertain !== undefined;
    return { layers, opacity, hasUncertainty, uncertainty, comparedWith, difference };
  }

  /** More became known. */
  add(sources: readonly LayerSource[]): void {
    this.take(sources);
    this.host.changed();
  }

  /** Answers false where no more layers can be shown at once. */
  toggle(id: string): boolean {
    const layer = this.layers.find((one) => one.id === id);
    if (!layer) return false;
    if (!layer.on && this.layers.filter(({ on }) => on).length >= MOST_SHOWN) return false;
    layer.on = !layer.on;
    void this.refresh();
    return true;
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity;
    this.draw();
  }

  toggleUncertainty(): void {
    this.uncertainty = !this.uncertainty && this.uncertain !== undefined;
    void this.refresh();
  }

  /** Tint where the labels on the screen differ from a layer; null ends it. */
  compareWith(id: string | null): void {
    this.comparedWith = this.layers.some((layer) => layer.id === id) ? id : null;
    void this.refresh();
  }

  /** Another plane is on the screen. */
  sliceChanged(): void {
    if (this.needed.size > 0) void this.refresh();
  }

  /** The labels on the screen changed. */
  labelsChanged(): void {
    if (this.comparedWith) this.draw();
  }

  private take(sources: readonly LayerSource[]): void {
    for (const source of sources) {
      const { id, kind, name } = source;
      const color = COLORS[this.layers.length % COLORS.length]!;
      const planes = new Map<string, LayerPlane | null>();
      const heats = new Map<string, HeatPlane | null>();
      this.layers.push({ id, kind, name, color, on: false, state: 'off', source, planes, heats });
    }
  }

  private get uncertain(): Layer | undefined {
    return this.layers.find(({ source }) =>
      source.objects?.some(({ confidence }) => typeof confidence === 'number'),
    );
  }

  private get needed(): Set<Layer> {
    const needed = new Set(
      this.layers.filter((layer) => layer.on || layer.id === this.comparedWith),
    );
    if (this.uncertainty && this.uncertain) needed.add(this.uncertain);
    return needed;
  }

  private async refresh(): Promise<void> {
    const { needed } = this;
    const slice = this.host.slice();
    for (const layer of this.layers) if (!needed.has(layer)) layer.state = 'off';
    this.draw();
    await Promise.all([...needed].map((layer) => this.load(layer, slice)));
    if (sliceKey(slice) === sliceKey(this.host.slice())) this.draw();
  }

  private async load(layer: Layer, slice: Slice): Promise<void> {
    const { width, height } = this.host.plane();
    const key = sliceKey(slice);
    if (width * height > MOST_PIXELS) {
      layer.state = 'too_large';
      return;
    }
    if (!layer.planes.has(key)) {
      layer.state = 'loading';
      this.host.changed();
      try {
        layer.planes.set(key, await layer.source.load(slice));
      } catch {
        layer.state = 'failed'; // the next switch tries again
        return;
      }
    }
    layer.state = layer.planes.get(key) ? 'shown' : 'none';
    if (!this.uncertainty || layer !== this.uncertain || layer.heats.has(key)) return;
    try {
      layer.heats.set(key, (await layer.source.loadHeat?.(slice)) ?? null);
    } catch {
      // Confidences of cells stand in until the next switch, which tries again.
    }
  }

  /** Make the composite of what is here. */
  private draw(): void {
    const { host } = this;
    const key = sliceKey(host.slice());
    const { width, height } = host.plane();
    this.difference = null;
    const shown = [...this.needed].filter((layer) => layer.planes.get(key));
    if (shown.length === 0 || width * height > MOST_PIXELS) {
      host.show(null);
      host.changed();
      return;
    }
    const composite = new Composite(width, height);
    for (const layer of shown) {
      const plane = layer.planes.get(key)!;
      if (this.uncertainty && layer === this.uncertain) {
        const doubt = layer.heats.get(key);
        if (doubt) composite.addDoubt(doubt, this.opacity / 2);
        else composite.addHeat(plane, heatOf(layer.source.objects!), this.opacity / 2);
      }
      if (layer.on) composite.addRims(plane, layer.color, this.opacity);
      if (layer.id === this.comparedWith) this.addDifference(composite, plane);
    }
    host.show(composite);
    host.changed();
  }

  private addDifference(composite: Composite, other: LayerPlane): void {
    const { width, height } = composite;
    const here = this.host.plane().toArray();
    const there = other.labels;
    this.difference = compare({ labels: here, width, height }, other);
    const opacity = this.opacity * 0.7;
    composite.addArea((at) => here[at]! > 0 && there[at] === 0, ONLY_HERE, opacity);
    composite.addArea((at) => here[at] === 0 && there[at]! > 0, ONLY_THERE, opacity);
  }
}

/** Certainty of each cell, so that the unsure ones have the low end of the scale. */
function heatOf(objects: readonly ProposedObject[]): Map<number, number> {
  return new Map(
    objects.flatMap(({ id, confidence }): [number, number][] =>
      typeof confidence === 'number' ? [[id, 1 - entropyOf(confidence)]] : [],
    ),
  );
}
