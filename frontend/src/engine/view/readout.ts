/** What lies under the pointer: place, intensities as they are in the file, and the cell. */
import type { Point } from '../geometry';
import type { Intensities } from '../image/intensities';
import { Latest } from './latest';
import type { Slice } from '../labels/operations';

export interface Reading {
  /** Pixel of the whole image, from 0. */
  x: number;
  y: number;
  /** One value per channel; null while they are on their way. */
  values: readonly number[] | null;
  /** The cell, 0 for none. */
  label: number;
}

export interface ReadoutParts {
  intensities: Intensities;
  /** The slices whose brightest pixels are on the screen: one, or those of a projection. */
  slices: () => readonly Slice[];
  width: number;
  height: number;
  labelAt: (point: Point) => number;
  /** The full resolution is on the screen, so that its pixels are here already. */
  isFine: () => boolean;
}

/** Far from the full resolution, a pixel is only loaded when the pointer rests on it. */
const REST_MS = 150;

export class Readout {
  private shown: Reading | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly latest = new Latest();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly parts: ReadoutParts) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly reading = (): Reading | null => this.shown;

  /** The pointer is over an image point, or has left the picture. */
  hover(at: Point | null): void {
    clearTimeout(this.timer);
    const point = at && { x: Math.round(at.x), y: Math.round(at.y) };
    const { width, height } = this.parts;
    if (!point || point.x < 0 || point.y < 0 || point.x >= width || point.y >= height) {
      this.tell(null);
      return;
    }
    this.read(point);
  }

  /** Another plane or other labels are on the screen. */
  refresh(): void {
    if (!this.shown) return;
    const { corner } = this.parts.intensities;
    this.hover({ x: this.shown.x - corner.x, y: this.shown.y - corner.y });
  }

  stop(): void {
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  private read(point: Point): void {
    const { intensities, labelAt, isFine } = this.parts;
    const { corner } = intensities;
    const place = { x: corner.x + point.x, y: corner.y + point.y, label: labelAt(point) };
    const slices = this.parts.slices();
    const load = async (): Promise<void> => {
      const all = await Promise.all(slices.map((slice) => intensities.at(slice, point)));
      const values = all[0]!.map((_, c) => Math.max(...all.map((channels) => channels[c]!)));
      if (this.shown?.x === place.x && this.shown.y === place.y) this.tell({ ...place, values });
    };
    this.tell({ ...place, values: null });
    if (isFine()) this.latest.run(load);
    else this.timer = setTimeout(() => this.latest.run(load), REST_MS);
  }

  private tell(reading: Reading | null): void {
    if (reading === null && this.shown === null) return;
    this.shown = reading;
    for (const listener of this.listeners) listener();
  }
}

/** An intensity with the digits that it has: whole numbers whole, floats as short as they can be told apart. */
export function formatIntensity(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
