/** Pictures that are mixed on the CPU: small ones beside the main view. */
import type { Size } from '../renderer/view';

/** A canvas that holds RGBA pixels. */
export function toCanvas(
  pixels: Uint8ClampedArray<ArrayBuffer>,
  { width, height }: Size,
): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** Make a canvas as large as it is shown; answers device pixels per CSS pixel. */
export function fitCanvas(canvas: HTMLCanvasElement): number {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return ratio;
}
