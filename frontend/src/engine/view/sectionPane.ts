/** One section of a stack on its own canvas: loads it, paints it with its labels, and draws it beside the picture. */
import { fitCanvas, toCanvas } from '../labels/bitmap';
import type { Contrast } from '../image/contrast';
import { mixChannels } from '../grid/crop';
import type { Point } from '../geometry';
import { Latest } from './latest';
import { drawSectionLines } from '../renderer/overlay';
import type { Rgb } from '../renderer/palette';
import type { LabelStyle } from '../renderer/renderer';
import type { View } from '../renderer/view';
import {
  fromSection,
  loadSection,
  placeSection,
  type Placement,
  type Section,
  type SectionAxis,
  type SectionPlan,
} from './sections';
import type { Intensities } from '../image/intensities';

/** Of the fill, where cells are drawn as lines in the picture: lines would hide the thin cells of a section. */
const LINES_ONLY_OPACITY = 0.3;

/** What a section is drawn with. */
export interface SectionScene {
  view: View;
  contrast: readonly Contrast[];
  style: LabelStyle;
  /** The cross, in full-resolution pixels and slices. */
  cross: Point & { z: number };
  /** Height of a slice in pixel widths. */
  aspect: number;
  labelAt: (x: number, y: number, z: number) => number;
  colorOf: (label: number) => Rgb | null;
}

export class SectionPane {
  private loaded: { section: Section; plan: SectionPlan } | null = null;
  private painted: OffscreenCanvas | null = null;
  private paintedWith: readonly Contrast[] | null = null;
  private readonly latest = new Latest();

  constructor(
    readonly axis: SectionAxis,
    readonly canvas: HTMLCanvasElement,
    private readonly intensities: Intensities,
    private readonly arrived: () => void,
  ) {}

  load(plan: SectionPlan): void {
    const known = this.loaded?.plan;
    if (known && known.at >> plan.level === plan.at >> plan.level && known.t === plan.t) return;
    this.latest.run(async () => {
      const section = await loadSection(this.intensities, plan);
      this.loaded = { section, plan };
      this.painted = null;
      this.arrived();
    });
  }

  /** Labels or their style changed: paint again at the next drawing. */
  stale(): void {
    this.painted = null;
  }

  draw(scene: SectionScene): void {
    fitCanvas(this.canvas);
    const context = this.canvas.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const place = this.placement(scene);
    if (this.loaded && place) {
      const { section, plan } = this.loaded;
      const step = 2 ** plan.level;
      const [alongX, alongY] = this.axis === 'xz' ? [step, 1] : [1, step];
      context.imageSmoothingEnabled = false;
      context.drawImage(
        this.paint(scene),
        place.x.offset,
        place.y.offset,
        section.width * alongX * place.x.scale,
        section.height * alongY * place.y.scale,
      );
    }
    if (place) drawSectionLines(context, this.canvas, this.crossOf(scene, place));
  }

  /** The place under a point of the canvas, in its CSS pixels. */
  placeUnder(point: Point, scene: SectionScene): { along: number; z: number } | null {
    const place = this.placement(scene);
    const ratio = this.canvas.width / Math.max(1, this.canvas.clientWidth);
    return place && fromSection(this.axis, place, { x: point.x * ratio, y: point.y * ratio });
  }

  private placement({ view, aspect, cross }: SectionScene): Placement | null {
    if (!this.loaded) return null;
    const { depth } = this.loaded.plan;
    return placeSection(this.axis, view, this.canvas, { depth, aspect, z: cross.z });
  }

  private paint(scene: SectionScene): OffscreenCanvas {
    if (this.painted && this.paintedWith === scene.contrast) return this.painted;
    const { section } = this.loaded!;
    const size = section.width * section.height;
    const pixels = mixChannels(section.channels, scene.contrast, size);
    if (scene.style.visible) this.tint(pixels, scene);
    this.painted = toCanvas(pixels, section);
    this.paintedWith = scene.contrast;
    return this.painted;
  }

  /** Mix the labels in; at least a little where they are drawn as lines in the picture. */
  private tint(pixels: Uint8ClampedArray, { style, labelAt, colorOf }: SectionScene): void {
    const { section, plan } = this.loaded!;
    const opacity = style.fill ? style.opacity : LINES_ONLY_OPACITY;
    const half = (1 << plan.level) >> 1;
    const full = (value: number): number => (value << plan.level) + half;
    for (let row = 0; row < section.height; row++) {
      for (let column = 0; column < section.width; column++) {
        const label =
          this.axis === 'xz'
            ? labelAt(full(column), plan.at, row)
            : labelAt(plan.at, full(row), column);
        if (label === 0) continue;
        const at = (row * section.width + column) * 4;
        colorOf(label)?.forEach((value, i) => {
          pixels[at + i] = pixels[at + i]! * (1 - opacity) + value * opacity;
        });
      }
    }
  }

  private crossOf({ cross }: SectionScene, place: Placement): Point {
    const [column, row] = this.axis === 'xz' ? [cross.x, cross.z] : [cross.z, cross.y];
    return {
      x: place.x.offset + (column + 0.5) * place.x.scale,
      y: place.y.offset + (row + 0.5) * place.y.scale,
    };
  }
}
