/** What a painter is put through, and how long it takes. All times are milliseconds. */
import type { Painter } from './painter';
import { emptyRect, growRect } from '../src/engine/geometry';
import { Transaction } from '../src/engine/labels/labels';
import { strokeSpans, type Disc } from '../src/engine/labels/raster';
import type { View } from '../src/engine/renderer/view';

export interface Times {
  median: number;
  p95: number;
}

export interface Measured {
  pan: Times;
  zoom: Times;
  brush: Times;
  contrast: Times;
  pictureBytes: number;
}

const FRAMES = 30;
const STEPS = 60;
const CHANGES = 10;
const RADIUS = 8;

export function summarise(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { median: at(0.5), p95: at(0.95) };
}

function time(count: number, step: (i: number) => void): Times {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    step(i);
    times.push(performance.now() - start);
  }
  return summarise(times);
}

export function measure(painter: Painter, settle: () => void): Measured {
  const { plane, canvas } = painter;
  const middle: View = { x: plane.width / 2, y: plane.height / 2, scale: 1 };
  const show = (view: View): void => {
    painter.setView(view);
    painter.draw();
    settle();
  };
  show(middle);
  const pan = time(FRAMES, (i) => show({ ...middle, x: middle.x + 9 * i, y: middle.y + 5 * i }));
  const fit = Math.min(canvas.width / plane.width, canvas.height / plane.height);
  const zoomed = (i: number): View => ({ ...middle, scale: fit * (4 / fit) ** (i / FRAMES) });
  const zoom = time(FRAMES, (i) => show(zoomed(i)));
  show(middle);
  const drawn = { brush: brush(painter), contrast: contrast(painter) };
  return { pan, zoom, ...drawn, pictureBytes: painter.pictureBytes };
}

/** A stroke over background and cells, one step of the pointer after another. */
function brush(painter: Painter): Times {
  const { plane } = painter;
  const edit = new Transaction(plane);
  const [left, top] = [plane.width / 2 - 200, plane.height / 2 - 100];
  const at = (i: number): Disc => ({
    x: left + i * 6,
    y: top + 40 * Math.sin(i / 8),
    radius: RADIUS,
  });
  return time(STEPS, (i) => {
    const rect = emptyRect();
    strokeSpans(at(i), at(i + 1), (y, x0, x1) => {
      edit.span(y, x0, x1, 4_000_000);
      growRect(rect, { x0, y0: y, x1, y1: y + 1 });
    });
    painter.labelsChanged(rect);
    painter.draw();
  });
}

function contrast(painter: Painter): Times {
  return time(CHANGES, (i) => {
    const high = 3000 + 100 * i;
    painter.setContrast(painter.looks.map((channel) => ({ ...channel, high })));
    painter.draw();
  });
}
