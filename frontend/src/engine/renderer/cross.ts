import type { Point } from '../geometry';
import { strokeVisibly } from './stroke';
import { toCanvas, type Size, type View } from './view';

/** The keyboard's cross-hair, with the pixel it is on left free. */
export function drawCross(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  point: Point,
): void {
  const { x, y } = toCanvas(view, size, point);
  const inner = Math.max(3, view.scale / 2 + 1);
  const outer = inner + 12;
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    context.moveTo(x + dx * inner, y + dy * inner);
    context.lineTo(x + dx * outer, y + dy * outer);
  }
  strokeVisibly(context);
}
