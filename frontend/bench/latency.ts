/** From a movement of the pointer to the stroke on the screen. The driver moves the pointer. */
import { emptyRect, growRect } from '../src/engine/geometry';
import { Transaction } from '../src/engine/labels/labels';
import { strokeSpans, type Disc } from '../src/engine/labels/raster';
import { summarise, type Times } from './measure';
import type { Painter } from './painter';

const RADIUS = 8;

export class Latency {
  private readonly times: number[] = [];
  private readonly edit: Transaction;
  private last: Disc | null = null;
  private waiting: number[] = [];
  private readonly listening = new AbortController();

  constructor(private readonly painter: Painter) {
    const { plane, canvas } = painter;
    this.edit = new Transaction(plane);
    painter.setView({ x: plane.width / 2, y: plane.height / 2, scale: 1 });
    painter.draw();
    const { signal } = this.listening;
    canvas.addEventListener('pointermove', (event) => this.moved(event), { signal });
  }

  stop(): Times & { count: number } {
    this.listening.abort();
    return { ...summarise(this.times), count: this.times.length };
  }

  private moved(event: PointerEvent): void {
    const { plane, canvas } = this.painter;
    const to = {
      x: plane.width / 2 + event.offsetX - canvas.width / 2,
      y: plane.height / 2 + event.offsetY - canvas.height / 2,
      radius: RADIUS,
    };
    const rect = emptyRect();
    strokeSpans(this.last ?? to, to, (y, x0, x1) => {
      this.edit.span(y, x0, x1, 4_000_000);
      growRect(rect, { x0, y0: y, x1, y1: y + 1 });
    });
    this.last = to;
    this.painter.labelsChanged(rect);
    this.waiting.push(event.timeStamp);
    if (this.waiting.length === 1) requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.painter.draw();
    const now = performance.now();
    this.times.push(...this.waiting.map((moved) => now - moved));
    this.waiting = [];
  }
}
