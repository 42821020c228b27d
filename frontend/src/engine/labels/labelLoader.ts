/** Brings an annotation's label planes from the server. */
import type { Editor } from './editor';
import type { LabelPagers } from './labelPagers';
import { isPaged, LabelPlane } from './labels';
import { sliceKey, type Operation, type Slice } from './operations';
import type { LoadPlane } from './reach';
import type { Transport } from '../sync/transport';

/** Stacks of so many planes are loaded whole. */
const WHOLE_UP_TO = 64;

export interface LoaderParts {
  annotation: string;
  editor: Editor;
  transport: Transport;
  pagers: LabelPagers;
  frames: number;
  depth: number;
}

export class LabelLoader {
  private loads = 0;
  private stopped = false;
  /** Planes on their way: a second answer for one would wipe out what was drawn on the first. */
  private readonly coming = new Map<string, Promise<number>>();

  constructor(
    private readonly parts: LoaderParts,
    private readonly changed: () => void,
  ) {}

  /** True while the plane on the screen is not there yet. */
  get busy(): boolean {
    return this.loads > 0;
  }

  stop(): void {
    this.stopped = true;
  }

  /** Load the current plane and those that waiting operations touch; answers the version that all of them have at least. */
  async load(waiting: readonly Operation[]): Promise<number> {
    const { currentSlice } = this.parts.editor;
    const slices = new Map([[sliceKey(currentSlice), currentSlice]]);
    for (const { t, z, patch } of waiting) if (patch) slices.set(sliceKey({ t, z }), { t, z });
    let version = Infinity;
    await this.counted(async () => {
      for (const slice of slices.values()) {
        version = Math.min(version, await this.fetchPlane(slice));
      }
      await this.parts.pagers.prepare(waiting);
    });
    return version;
  }

  /** Load a plane that is not there yet. */
  async loadSlice(slice: Slice): Promise<void> {
    if (this.parts.editor.hasPlane(slice)) return;
    const key = sliceKey(slice);
    const isCurrent = key === sliceKey(this.parts.editor.currentSlice);
    const fetchIt = (): Promise<number> => {
      const known = this.coming.get(key);
      if (known) return known;
      const coming = this.fetchPlane(slice).finally(() => this.coming.delete(key));
      this.coming.set(key, coming);
      return coming;
    };
    await (isCurrent ? this.counted(fetchIt) : fetchIt());
  }

  /** Load all that operations, or parts of them, are written on. */
  async loadFor(parts: readonly Pick<Operation, 't' | 'z' | 'patch'>[]): Promise<void> {
    for (const { t, z } of parts) await this.loadSlice({ t, z });
    await this.parts.pagers.prepare(parts);
  }

  /** Load a plane, or of a large one these places. */
  readonly loadPlaces: LoadPlane = async (slice, places) => {
    const { editor, pagers } = this.parts;
    await this.loadSlice(slice);
    await pagers.loadAreas(slice, places(editor.planeAt(slice)));
  };
  /** The planes that are here, in order. */
  get loaded(): Slice[] {
    return this.all().filter((slice) => this.parts.editor.hasPlane(slice));
  }

  /** Load every plane, however many there are. */
  async loadAll(): Promise<void> {
    for (const slice of this.all()) if (!this.stopped) await this.loadSlice(slice);
  }

  /** The other planes of a small stack, so that new cells get ids that no plane has. */
  async loadRest(): Promise<void> {
    if (this.parts.frames * this.parts.depth <= WHOLE_UP_TO) await this.loadAll();
  }

  private all(): Slice[] {
    const { frames, depth } = this.parts;
    return Array.from({ length: frames * depth }, (_, at) => ({
      t: Math.floor(at / depth),
      z: at % depth,
    }));
  }

  /** The labels count as loading while `act` runs. */
  async counted(act: () => Promise<unknown>): Promise<void> {
    this.loads++;
    this.changed();
    try {
      await act();
    } finally {
      this.loads--;
      this.changed();
    }
  }

  private async fetchPlane(slice: Slice): Promise<number> {
    const { annotation, editor, pagers, transport } = this.parts;
    if (isPaged(editor)) return pagers.open(slice);
    const { labels, width, height, version } = await transport.loadPlane(annotation, slice);
    editor.setPlane(slice, LabelPlane.from(labels, width, height));
    return version;
  }
}
