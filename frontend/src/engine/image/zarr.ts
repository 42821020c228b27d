/** Reads an image's OME-Zarr pyramid (zarr v2, axes t c z y x, gzip) over HTTP. */
import type { Rect } from '../geometry';

export type Samples = Uint8Array | Uint16Array | Uint32Array | Float32Array | Int16Array;

/** Answers the bytes under a path of the zarr folder; null when there are none (an empty chunk). */
export type Fetcher = (path: string) => Promise<ArrayBuffer | null>;

interface ArrayInfo {
  shape: [number, number, number, number, number];
  chunks: [number, number, number, number, number];
  dtype: string;
  separator: string;
}

/** A plane in the pyramid. */
export interface PlaneAt {
  level: number;
  t: number;
  c: number;
  z: number;
}

const CACHE_BYTES = 96 << 20;

const DTYPES: Record<string, (bytes: ArrayBuffer) => Samples> = {
  u1: (bytes) => new Uint8Array(bytes),
  b1: (bytes) => new Uint8Array(bytes),
  u2: (bytes) => new Uint16Array(bytes),
  i2: (bytes) => new Int16Array(bytes),
  u4: (bytes) => new Uint32Array(bytes),
  f4: (bytes) => new Float32Array(bytes),
};

/** Undo gzip, where it is there. */
export async function unpack(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  const head = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  // A server may have unpacked it on the way already.
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

export class ZarrImage {
  private readonly infos = new Map<number, Promise<ArrayInfo>>();
  private readonly chunks = new Map<string, Promise<Samples | null>>();
  private readonly sizes = new Map<string, number>();
  private cached = 0;

  constructor(private readonly fetcher: Fetcher) {}

  /** Copy a rectangle of a plane. What lies outside the plane, or in an absent chunk, is 0. */
  async read(plane: PlaneAt, area: Rect): Promise<Float32Array<ArrayBuffer>> {
    const width = area.x1 - area.x0;
    const out = new Float32Array(width * (area.y1 - area.y0));
    await this.visit(plane, area, (samples, from, to, length) => {
      for (let i = 0; i < length; i++) out[to + i] = samples[from + i]!;
    });
    return out;
  }

  /** Copy a rectangle into 16-bit texture values; `scale` maps intensities to them. */
  async readTexture(
    plane: PlaneAt,
    area: Rect,
    scale: { offset: number; factor: number },
  ): Promise<Uint16Array<ArrayBuffer>> {
    const out = new Uint16Array((area.x1 - area.x0) * (area.y1 - area.y0));
    const exact = scale.offset === 0 && scale.factor === 1;
    await this.visit(plane, area, (samples, from, to, length) => {
      if (exact) {
        out.set(samples.subarray(from, from + length), to);
        return;
      }
      for (let i = 0; i < length; i++) {
        const value = (samples[from + i]! - scale.offset) * scale.factor;
        out[to + i] = value > 0 ? Math.min(65535, Math.round(value)) : 0; // NaN becomes 0
      }
    });
    return out;
  }

  private async visit(
    plane: PlaneAt,
    area: Rect,
    copy: (samples: Samples, from: number, to: number, length: number) => void,
  ): Promise<void> {
    const info = await this.info(plane.level);
    const [, , , height, width] = info.shape;
    const [, , , tall, wide] = info.chunks;
    const x1 = Math.min(area.x1, width);
    const y1 = Math.min(area.y1, height);
    const jobs: Promise<void>[] = [];
    for (let cy = Math.floor(area.y0 / tall); cy * tall < y1; cy++) {
      for (let cx = Math.floor(area.x0 / wide); cx * wide < x1; cx++) {
        const job = async (): Promise<void> => {
          const samples = await this.chunk(plane, info, cy, cx);
          if (!samples) return;
          const left = Math.max(area.x0, cx * wide);
          const length = Math.min(x1, (cx + 1) * wide) - left;
          for (let y = Math.max(area.y0, cy * tall); y < Math.min(y1, (cy + 1) * tall); y++) {
            const from = (y - cy * tall) * wide + left - cx * wide;
            const to = (y - area.y0) * (area.x1 - area.x0) + left - area.x0;
            copy(samples, from, to, length);
          }
        };
        jobs.push(job());
      }
    }
    await Promise.all(jobs);
  }

  private info(level: number): Promise<ArrayInfo> {
    const known = this.infos.get(level);
    if (known) return known;
    const loaded = this.loadInfo(level);
    loaded.catch(() => this.infos.delete(level));
    this.infos.set(level, loaded);
    return loaded;
  }

  private async loadInfo(level: number): Promise<ArrayInfo> {
    const bytes = await this.fetcher(`${level}/.zarray`);
    if (!bytes) throw new Error(`The picture has no level ${level}.`);
    const meta = JSON.parse(new TextDecoder().decode(bytes)) as {
      shape: ArrayInfo['shape'];
      chunks: ArrayInfo['chunks'];
      dtype: string;
      dimension_separator?: string;
    };
    const dtype = meta.dtype.slice(1);
    if (!(dtype in DTYPES)) throw new Error(`Pixels of type ${meta.dtype} cannot be shown.`);
    const { shape, chunks } = meta;
    return { shape, chunks, dtype, separator: meta.dimension_separator ?? '.' };
  }

  private chunk(
    { level, t, c, z }: PlaneAt,
    info: ArrayInfo,
    cy: number,
    cx: number,
  ): Promise<Samples | null> {
    const key = `${level}/${[t, c, z, cy, cx].join(info.separator)}`;
    const known = this.chunks.get(key);
    if (known) {
      this.chunks.delete(key);
      this.chunks.set(key, known); // newest last
      return known;
    }
    const loaded = this.loadChunk(key, info.dtype);
    loaded.catch(() => this.chunks.delete(key));
    this.chunks.set(key, loaded);
    return loaded;
  }

  private async loadChunk(key: string, dtype: string): Promise<Samples | null> {
    const packed = await this.fetcher(key);
    if (!packed) return null;
    const samples = DTYPES[dtype]!(await unpack(packed));
    this.sizes.set(key, samples.byteLength);
    this.cached += samples.byteLength;
    for (const oldest of this.chunks.keys()) {
      if (this.cached <= CACHE_BYTES || oldest === key) break;
      this.cached -= this.sizes.get(oldest) ?? 0;
      this.sizes.delete(oldest);
      this.chunks.delete(oldest);
    }
    return samples;
  }
}
