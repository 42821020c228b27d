/** What is drawn: a picture of noise and discs for cells, as large as wanted, made tile by tile. */
import { CHUNK, type Chunk } from '../src/engine/labels/chunks';
import type { Contrast } from '../src/engine/image/contrast';
import type { TileSource } from '../src/engine/image/imageSource';
import { LabelPlane } from '../src/engine/labels/labels';

export interface SceneSpec {
  width: number;
  height: number;
  channels: number;
  cells: number;
}

const COLORS = ['#4060ff', '#40ff60', '#ff4040', '#ffffff'];
/** Cells fill about this much of their place. */
const FILL = 0.42;

export class Scene implements TileSource {
  readonly channels: number;
  readonly levels: { width: number; height: number }[] = [];
  readonly contrast: Contrast[];
  private readonly noise: Uint16Array<ArrayBuffer>[];
  private readonly spacing: number;
  private readonly across: number;
  private readonly made = new Map<string, Chunk>();

  constructor(readonly spec: SceneSpec) {
    this.channels = spec.channels;
    let [width, height] = [spec.width, spec.height];
    for (;;) {
      this.levels.push({ width, height });
      if (Math.max(width, height) <= CHUNK) break;
      [width, height] = [(width + 1) >> 1, (height + 1) >> 1];
    }
    this.noise = Array.from({ length: spec.channels }, (_, c) => noiseOf(c + 1));
    this.spacing = Math.sqrt((spec.width * spec.height) / spec.cells);
    this.across = Math.ceil(spec.width / this.spacing);
    this.contrast = this.noise.map((_, c) => ({
      ...{ name: String(c), color: COLORS[c]!, low: 0, high: 4000, gamma: 1 },
      ...{ log: false, invert: false, on: true },
    }));
  }

  tile(): Uint16Array<ArrayBuffer>[] {
    return this.noise;
  }

  labelAt(x: number, y: number): number {
    const { spacing } = this;
    const [column, row] = [Math.floor(x / spacing), Math.floor(y / spacing)];
    const [dx, dy] = [x - (column + 0.5) * spacing, y - (row + 0.5) * spacing];
    return dx * dx + dy * dy < (FILL * spacing) ** 2 ? row * this.across + column + 1 : 0;
  }

  /** The labels of a tile of a level, as a server would send them; made once, so that measuring is not about making them. */
  chunk(level: number, column: number, row: number): Chunk {
    const key = `${level}/${column}/${row}`;
    const made = this.made.get(key) ?? this.make(level, column, row);
    this.made.set(key, made);
    return made.slice();
  }

  /** Drop what stands for the server. */
  forget(): void {
    this.made.clear();
  }

  private make(level: number, column: number, row: number): Chunk {
    const chunk = new Uint32Array(CHUNK * CHUNK);
    const middle = (1 << level) >> 1;
    for (let y = 0; y < CHUNK; y++) {
      const fineY = (((row * CHUNK + y) << level) + middle) | 0;
      if (fineY >= this.spec.height) break;
      for (let x = 0; x < CHUNK; x++) {
        const fineX = ((column * CHUNK + x) << level) + middle;
        if (fineX < this.spec.width) chunk[y * CHUNK + x] = this.labelAt(fineX, fineY);
      }
    }
    return chunk;
  }

  plane(paged: boolean): LabelPlane {
    const plane = new LabelPlane(this.spec.width, this.spec.height, paged);
    if (paged) return plane;
    for (let row = 0; row < plane.rows; row++) {
      for (let column = 0; column < plane.columns; column++) {
        plane.finest.arrive(column, row, this.chunk(0, column, row));
      }
    }
    return plane;
  }
}

/** 16-bit values that look like dim noise with some bright pixels; the same in each run. */
function noiseOf(seed: number): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(CHUNK * CHUNK);
  let state = seed * 2654435761;
  for (let i = 0; i < out.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = (state >>> 16) % 4096;
  }
  return out;
}
