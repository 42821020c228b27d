/** Loads what the next sample will probably need while the person works on this one. Nothing is claimed by it. */
import { api } from '../../api/client';
import type { Histogram, Image, Sample } from '../../api/types';
import { CHUNK } from '../labels/labels';
import { httpFetcher, SampleSource } from './imageSource';
import { loadHistogram } from '../sync/tasks';
import { ZarrImage } from './zarr';

interface Upcoming {
  image: Image | null;
  region: Sample['region'];
}

export interface Prepared {
  zarr: ZarrImage;
  histogram: Promise<Histogram['channels']>;
}

/** The picture on the screen has its tiles by then. */
const AFTER_MS = 1500;
/** Tiles of a channel that are loaded before anybody looks at them. */
const MOST_TILES = 4;

export class NextImage {
  private prepared: (Prepared & { image: number }) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** What is loaded of an image already. */
  take(image: number): Prepared | null {
    return this.prepared?.image === image ? this.prepared : null;
  }

  /** Look a little later what comes next, and load it. */
  prepareSoon(project: number): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.prepare(project).catch(() => {
        // The next sample is then loaded when it is opened.
      });
    }, AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async prepare(project: number): Promise<void> {
    const { image, region } = await api.get<Upcoming>(`projects/${project}/upcoming`);
    if (!image || this.prepared?.image === image.id) return;
    const zarr = new ZarrImage(httpFetcher(image.id));
    const histogram = loadHistogram(image.id);
    this.prepared = { image: image.id, zarr, histogram };
    await Promise.all([histogram, warmUp(zarr, image, region)]);
  }
}

/** Load the middle slice's chunks at the finest level of which few tiles show the whole sample. */
export async function warmUp(
  zarr: ZarrImage,
  image: Pick<Image, 'size' | 'levels' | 'dtype'>,
  region: Sample['region'],
): Promise<void> {
  const source = new SampleSource(zarr, image, region, []);
  const tilesOf = ({ width, height }: { width: number; height: number }): number =>
    Math.ceil(width / CHUNK) * Math.ceil(height / CHUNK);
  const level = source.levels.findIndex((size) => tilesOf(size) <= MOST_TILES);
  const size = source.levels[level];
  if (!size) return;
  const slice = { t: 0, z: source.depth >> 1 };
  const area = { x0: 0, y0: 0, x1: size.width, y1: size.height };
  const channels = Array.from({ length: source.channels }, (_, c) => c);
  await Promise.all(channels.map((c) => source.intensities.read(c, slice, level, area)));
}
