/** The pagers of the large planes that were opened, and what they ask of the rest of a session. */
import type { Editor } from './editor';
import type { HintCode } from '../hints';
import { emptyRect, growRect, type Rect } from '../geometry';
import { LabelPager, type PagerParts } from './labelPager';
import { LabelPlane } from './labels';
import { sliceKey, type Operation, type Slice } from './operations';
import type { Tile } from '../renderer/pages';
import { decodePatch, fromBase64 } from './wire';

/** Rows of a patch that are looked at together. */
const BAND = 512;

export class LabelPagers {
  private readonly pagers = new Map<string, LabelPager>();

  constructor(
    private readonly parts: PagerParts & { editor: Editor },
    /** The server has every edit that was made. */
    private readonly isSaved: () => boolean,
  ) {}

  /** Why the plane on the screen may not be edited now; null when it may. */
  get refusal(): HintCode | null {
    return this.current?.refusal ?? null;
  }

  stop(): void {
    for (const pager of this.pagers.values()) pager.stop();
    this.pagers.clear();
  }

  /** Put a plane into the editor that knows its objects, but has none of its labels yet; answers its version. */
  async open(slice: Slice): Promise<number> {
    const { annotation, blocks, editor } = this.parts;
    const { table, largest, version } = await blocks.loadObjects(annotation, slice);
    const plane = new LabelPlane(editor.width, editor.height, true);
    plane.setTable(table);
    editor.setPlane(slice, plane);
    editor.reserve(largest);
    this.pagers.get(sliceKey(slice))?.stop();
    this.pagers.set(sliceKey(slice), new LabelPager(this.parts, plane, slice));
    return version;
  }

  /** Load what operations that are played again will write on. */
  async prepare(operations: readonly Pick<Operation, 't' | 'z' | 'patch'>[]): Promise<void> {
    const { width } = this.parts.editor;
    for (const { t, z, patch } of operations) {
      const pager = this.pagers.get(sliceKey({ t, z }));
      if (pager && patch) await pager.loadAreas(areasOf(patch, width));
    }
  }

  /** Load all of some places of a plane, such as the boxes of objects that will be changed. */
  async loadAreas(slice: Slice, areas: readonly Rect[]): Promise<void> {
    await this.pagers.get(sliceKey(slice))?.loadAreas(areas);
  }

  /** The screen was drawn. Answers true when editing is refused, or allowed, otherwise than before. */
  look(area: Rect, missing: readonly Tile[]): boolean {
    const pager = this.current;
    if (!pager) return false;
    const before = pager.refusal;
    if (this.isSaved()) pager.saved();
    pager.look(area, missing, this.parts.editor.selected);
    return pager.refusal !== before;
  }

  private get current(): LabelPager | undefined {
    return this.pagers.get(sliceKey(this.parts.editor.currentSlice));
  }
}

/** Rectangles that hold all that a patch writes. */
function areasOf(patch: string, width: number): Rect[] {
  const bands = new Map<number, Rect>();
  decodePatch(fromBase64(patch), (y, x0, x1) => {
    const key = Math.floor(y / BAND) * width + Math.floor(x0 / BAND);
    const area = bands.get(key) ?? emptyRect();
    growRect(area, { x0, y0: y, x1, y1: y + 1 });
    bands.set(key, area);
  });
  return [...bands.values()];
}
