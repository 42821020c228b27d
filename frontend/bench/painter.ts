/** What is measured: a way of drawing a scene. */
import type { Contrast } from '../src/engine/image/contrast';
import type { Rect } from '../src/engine/geometry';
import type { LabelPlane } from '../src/engine/labels/labels';
import type { View } from '../src/engine/renderer/view';

export interface Painter {
  readonly canvas: HTMLCanvasElement;
  readonly plane: LabelPlane;
  /** The scene's channels as they look at first. */
  readonly looks: readonly Contrast[];
  setView(view: View): void;
  setContrast(contrast: Contrast[]): void;
  /** Labels changed inside the rectangle. */
  labelsChanged(rect: Rect): void;
  /** Draw, and wait until it is drawn. */
  draw(): void;
  /** Of textures, or of canvases that stand for them. */
  readonly pictureBytes: number;
  dispose(): void;
}
