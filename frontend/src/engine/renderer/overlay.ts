/** What is drawn over the picture and is not data: a tool's preview, the tails of tracks, and the class keys on the cells. */
import type { Point } from '../geometry';
import type { MaskPreview, Preview } from '../tools';
import type { Tail } from '../overlays/tracks';
import { drawMask } from './maskOverlay';
import { colorOfLabel } from './palette';
import { strokeVisibly } from './stroke';
import { toCanvas, type Size, type View } from './view';

export interface Mark {
  x: number;
  y: number;
  area: number;
  text: string;
}

const SMALLEST_MARKED = 16; // canvas pixels across

export function drawOverlay(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  preview: Preview | null,
  { marks, tails }: { marks: readonly Mark[]; tails: readonly Tail[] },
): void {
  clear(context, size);
  for (const tail of tails) drawTail(context, size, view, tail);
  drawMarks(context, size, view, marks);
  if (preview?.kind === 'mask') drawMask(context, size, view, preview);
  else if (preview) drawPreview(context, size, view, preview);
}

/** Chromium on software graphics goes on showing the old picture when a frame has nothing but `clearRect`: fill instead. */
function clear(context: CanvasRenderingContext2D, { width, height }: Size): void {
  context.globalCompositeOperation = 'copy';
  context.fillStyle = 'transparent';
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = 'source-over';
}

/** A track's tail, in the colour of its cell by id; older places are fainter. */
function drawTail(context: CanvasRenderingContext2D, size: Size, view: View, tail: Tail): void {
  const [r, g, b] = colorOfLabel(tail.id);
  const places = tail.points.map((point) => toCanvas(view, size, point));
  context.lineWidth = 2;
  for (let i = 1; i < places.length; i++) {
    context.strokeStyle = `rgb(${r} ${g} ${b} / ${Math.round((100 * i) / (places.length - 1))}%)`;
    context.beginPath();
    context.moveTo(places[i - 1]!.x, places[i - 1]!.y);
    context.lineTo(places[i]!.x, places[i]!.y);
    context.stroke();
  }
}

/** A cross over the whole canvas, dark under light: to be seen on any picture. */
export function drawSectionLines(
  context: CanvasRenderingContext2D,
  size: Size,
  { x, y }: Point,
): void {
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, size.height);
  context.moveTo(0, y);
  context.lineTo(size.width, y);
  context.lineWidth = 3;
  context.strokeStyle = 'rgb(0 0 0 / 45%)';
  context.stroke();
  context.lineWidth = 1;
  context.strokeStyle = 'rgb(255 230 90 / 85%)';
  context.stroke();
}

function drawMarks(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  marks: readonly Mark[],
): void {
  context.font = '600 12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  for (const mark of marks) {
    if (Math.sqrt(mark.area) * view.scale < SMALLEST_MARKED) continue;
    const { x, y } = toCanvas(view, size, mark);
    if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
    context.strokeStyle = 'rgb(0 0 0 / 75%)';
    context.strokeText(mark.text, x, y);
    context.fillStyle = '#fff';
    context.fillText(mark.text, x, y);
  }
}

function drawPreview(
  context: CanvasRenderingContext2D,
  size: Size,
  view: View,
  preview: Exclude<Preview, MaskPreview>,
): void {
  const at = (point: Point): [number, number] => {
    const { x, y } = toCanvas(view, size, point);
    return [x, y];
  };
  context.beginPath();
  if (preview.kind === 'disc') {
    const [x, y] = at(preview.center);
    context.arc(x, y, Math.max(1, (preview.radius + 0.5) * view.scale), 0, Math.PI * 2);
    context.setLineDash(preview.erases ? [4, 3] : []);
  } else if (preview.kind === 'line') {
    context.moveTo(...at(preview.from));
    context.lineTo(...at(preview.to));
  } else {
    preview.points.forEach((point, i) =>
      i ? context.lineTo(...at(point)) : context.moveTo(...at(point)),
    );
    if (preview.closed) context.closePath();
  }
  strokeVisibly(context);
  context.setLineDash([]);
  if (preview.kind === 'path') for (const point of preview.points) drawCorner(context, at(point));
}

function drawCorner(context: CanvasRenderingContext2D, [x, y]: [number, number]): void {
  context.fillStyle = '#fff';
  context.fillRect(x - 2.5, y - 2.5, 5, 5);
  context.lineWidth = 1;
  context.strokeStyle = '#000';
  context.strokeRect(x - 2.5, y - 2.5, 5, 5);
}
