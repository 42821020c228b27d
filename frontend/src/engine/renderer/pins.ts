/** Numbered pins over a picture: notes that somebody placed. */
import type { Point } from '../geometry';
import { toCanvas, type Size, type View } from './view';

export interface Pin {
  x: number;
  y: number;
  /** What stands in it, a number as a rule. */
  text: string;
  /** Dealt with: drawn hollow. */
  done: boolean;
  /** The one that is looked at: drawn larger. */
  current: boolean;
}

const RADIUS = 10;
const FILL = '#ffd166';

export function drawPins(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  pins: readonly Pin[],
  ratio: number,
): void {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const pin of pins) {
    const point = toCanvas(view, size, pin);
    const radius = RADIUS * ratio * (pin.current ? 1.3 : 1);
    // The tip is on the place, the head above it, so that what is meant stays in sight.
    const head = { x: point.x, y: point.y - radius * 1.9 };
    drawShape(context, point, head, radius);
    context.fillStyle = pin.done ? 'rgb(0 0 0 / 55%)' : FILL;
    context.fill();
    context.lineWidth = (pin.current ? 2.5 : 1.5) * ratio;
    context.strokeStyle = pin.done ? FILL : '#14181c';
    context.stroke();
    context.font = `700 ${Math.round(radius * 1.15)}px system-ui, sans-serif`;
    context.fillStyle = pin.done ? FILL : '#14181c';
    context.fillText(pin.done ? '✓' : pin.text, head.x, head.y + ratio);
  }
}

function drawShape(
  context: CanvasRenderingContext2D,
  tip: Point,
  head: Point,
  radius: number,
): void {
  context.beginPath();
  context.arc(head.x, head.y, radius, Math.PI * 0.8, Math.PI * 2.2);
  context.lineTo(tip.x, tip.y);
  context.closePath();
}
