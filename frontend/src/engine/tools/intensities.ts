/** Intensities for a tool: asked for without waiting, and dropped when the tool gives up. */
import type { Editor } from '../labels/editor';
import type { Rect } from '../geometry';
import type { Reading } from '../image/imageReader';
import { SLOW_MS } from '../labels/reach';

export class Intensities {
  private round = 0;
  private open = 0;

  get waiting(): boolean {
    return this.open > 0;
  }

  /** Read a rectangle of the plane on the screen, and have its labels; `use` gets it unless the tool gave up meanwhile. */
  ask(editor: Editor, area: Rect, use: (reading: Reading) => void): void {
    const { image, reach, currentSlice } = editor;
    if (!image) return;
    const { round } = this;
    const slow = setTimeout(() => editor.hint('image_loading'), SLOW_MS);
    const end = (act: () => void): void => {
      clearTimeout(slow);
      if (round !== this.round) return;
      this.open--;
      act();
      editor.showPreview();
    };
    this.open++;
    const reading = image.read(currentSlice, area, editor.options.channel);
    Promise.all([reading, reach.load(currentSlice, () => [area])]).then(
      ([found]) => end(() => use(found)),
      () => end(() => editor.hint('pixels_failed')),
    );
  }

  drop(): void {
    this.round++;
    this.open = 0;
  }
}
