/** Signs over a compared picture: where a cell is, and where the pointer is in the other views. */
import type { Point } from '../../../engine/geometry';
import { strokeVisibly } from '../../../engine/renderer/stroke';
import { toCanvas, type Size, type View } from '../../../engine/renderer/view';

/** A ring round a cell that people differ about. */
export interface Target extends Point {
  area: number;
}

const SMALLEST_RING = 12;
const POINTER = 6;

export function drawTarget(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  target: Target,
  ratio: number,
): void {
  const { x, y } = toCanvas(view, size, target);
  const around = 1.5 * Math.sqrt(target.area / Math.PI) * view.scale;
  context.beginPath();
  context.setLineDash([6 * ratio, 4 * ratio]);
  context.arc(x, y, Math.max(SMALLEST_RING * ratio, around), 0, Math.PI * 2);
  strokeVisibly(context, 1 / ratio);
  context.setLineDash([]);
}

export function drawPointer(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  pointer: Point,
  ratio: number,
): void {
  const { x, y } = toCanvas(view, size, pointer);
  const arm = POINTER * ratio;
  context.beginPath();
  context.moveTo(x - arm, y);
  context.lineTo(x + arm, y);
  context.moveTo(x, y - arm);
  context.lineTo(x, y + arm);
  strokeVisibly(context, 1 / ratio);
}
