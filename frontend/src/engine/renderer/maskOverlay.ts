/** Draws a preview of masks: each piece tinted and outlined, its points with their texts. */
import type { Point, Span } from '../geometry';
import type { MaskPreview } from '../tools';
import { colorOfLabel } from './palette';
import { strokeVisibly } from './stroke';
import { toCanvas, type Size, type View } from './view';

const POINT_RADIUS = 8; // canvas pixels

/** Where a set of pixels ends: [x0, y0, x1, y1] along pixel edges; pixel (0, 0) covers 0..1. Row pieces must not overlap. */
export function outlineOf(spans: readonly Span[]): [number, number, number, number][] {
  const rows = new Map<number, Span[]>();
  for (const span of spans) {
    const row = rows.get(span[0]);
    if (row) row.push(span);
    else rows.set(span[0], [span]);
  }
  for (const row of rows.values()) row.sort((a, b) => a[1] - b[1]);
  const edges: [number, number, number, number][] = [];
  for (const [y, row] of rows) {
    row.forEach(([, x0, x1], i) => {
      if (row[i - 1]?.[2] !== x0) edges.push([x0, y, x0, y + 1]);
      if (row[i + 1]?.[1] !== x1) edges.push([x1, y, x1, y + 1]);
    });
    for (const [from, to] of uncovered(row, rows.get(y - 1))) edges.push([from, y, to, y]);
    for (const [from, to] of uncovered(row, rows.get(y + 1))) edges.push([from, y + 1, to, y + 1]);
  }
  return edges;
}

/** The columns of `row` that `other` does not have. */
function uncovered(row: readonly Span[], other: readonly Span[] = []): [number, number][] {
  const found: [number, number][] = [];
  for (const [, x0, x1] of row) {
    let from = x0;
    for (const [, left, right] of other) {
      if (right <= from || left >= x1) continue;
      if (left > from) found.push([from, left]);
      from = Math.max(from, right);
    }
    if (from < x1) found.push([from, x1]);
  }
  return found;
}

interface Shape {
  fill: Path2D;
  outline: Path2D;
}

/** A piece is drawn at every move of the view, but worked out once. */
const shapes = new WeakMap<readonly Span[], Shape>();

function shapeOf(spans: readonly Span[]): Shape {
  const known = shapes.get(spans);
  if (known) return known;
  const shape = { fill: new Path2D(), outline: new Path2D() };
  for (const [y, x0, x1] of spans) shape.fill.rect(x0, y, x1 - x0, 1);
  for (const [x0, y0, x1, y1] of outlineOf(spans)) {
    shape.outline.moveTo(x0, y0);
    shape.outline.lineTo(x1, y1);
  }
  shapes.set(spans, shape);
  return shape;
}

export function drawMask(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  preview: MaskPreview,
): void {
  const corner = toCanvas(view, size, { x: -0.5, y: -0.5 });
  context.save();
  context.setTransform(view.scale, 0, 0, view.scale, corner.x, corner.y);
  preview.pieces.forEach((spans, i) => drawPiece(context, shapeOf(spans), view.scale, i));
  context.restore();
  drawLine(
    context,
    (preview.line ?? []).map((point) => toCanvas(view, size, point)),
  );
  for (const point of preview.points ?? []) {
    drawPoint(context, toCanvas(view, size, point), point.text, preview.waiting === true);
  }
}

function drawPiece(
  context: CanvasRenderingContext2D,
  { fill, outline }: Shape,
  scale: number,
  index: number,
): void {
  const [r, g, b] = colorOfLabel(index + 1);
  context.fillStyle = `rgb(${r} ${g} ${b} / 45%)`;
  context.fill(fill);
  strokeVisibly(context, scale, outline);
}

function drawLine(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  context.beginPath();
  points.forEach(({ x, y }, i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  strokeVisibly(context);
}

function drawPoint(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  text: string,
  waiting: boolean,
): void {
  context.beginPath();
  context.arc(x, y, POINT_RADIUS, 0, Math.PI * 2);
  context.fillStyle = 'rgb(0 0 0 / 70%)';
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = '#fff';
  context.setLineDash(waiting ? [4, 3] : []);
  context.stroke();
  context.setLineDash([]);
  context.font = '600 11px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = '#fff';
  context.fillText(text, x, y + 0.5);
}
