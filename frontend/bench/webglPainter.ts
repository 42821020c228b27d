/** The product's renderer. */
import type { Contrast } from '../src/engine/image/contrast';
import type { Rect } from '../src/engine/geometry';
import type { LabelPlane } from '../src/engine/labels/labels';
import { Renderer } from '../src/engine/renderer/renderer';
import type { View } from '../src/engine/renderer/view';
import type { Painter } from './painter';
import type { Scene } from './scene';

export class WebglPainter implements Painter {
  readonly plane: LabelPlane;
  readonly looks: readonly Contrast[];
  readonly renderer: Renderer;
  private readonly pixel = new Uint8Array(4);

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly scene: Scene,
    paged: boolean,
  ) {
    this.plane = scene.plane(paged);
    this.looks = scene.contrast;
    const scales = scene.contrast.map(() => ({ offset: 0, factor: 1 }));
    this.renderer = new Renderer(canvas, this.plane, scene, scales);
    this.renderer.contrast = scene.contrast;
  }

  setView(view: View): void {
    this.renderer.moveTo(view);
  }

  setContrast(contrast: Contrast[]): void {
    this.renderer.contrast = contrast;
    this.renderer.invalidate();
  }

  labelsChanged(rect: Rect): void {
    this.renderer.labelsChanged(rect);
  }

  draw(): void {
    const { gl } = this.renderer;
    this.renderer.render();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.pixel);
  }

  invalidate(): void {
    this.renderer.invalidate();
  }

  /** Bring the chunks of labels that the last frame lacked; answers how many. */
  bringMissing(): number {
    const missing = this.renderer.missingLabels;
    for (const { level, column, row } of missing) {
      this.plane.grids[level]!.arrive(column, row, this.scene.chunk(level, column, row));
    }
    return missing.length;
  }

  get pictureBytes(): number {
    return this.renderer.textureBytes;
  }

  dispose(): void {
    this.renderer.dispose();
  }
}
