/** Moves the frame that is on the canvas, so that panning draws only what comes into sight. */
import type { Rect } from '../geometry';
import type { Size, View } from './view';

/** A view whose frame is on the canvas. */
export interface Shown extends Size {
  view: View;
}

export interface Shift {
  /** Canvas pixels to the right and, as WebGL counts, up. */
  x: number;
  y: number;
}

/** How far the frame has to move to show `next`; null when it must be drawn anew. */
export function shiftTo(shown: Shown, next: Shown): Shift | null {
  const { view } = next;
  if (view.scale !== shown.view.scale) return null;
  if (next.width !== shown.width || next.height !== shown.height) return null;
  const exact = {
    x: (shown.view.x - view.x) * view.scale,
    y: (view.y - shown.view.y) * view.scale,
  };
  const shift = { x: Math.round(exact.x), y: Math.round(exact.y) };
  // Between two pixels everything looks a little different.
  if (Math.abs(exact.x - shift.x) + Math.abs(exact.y - shift.y) > 1e-3) return null;
  const tooFar = Math.abs(shift.x) * 2 > next.width || Math.abs(shift.y) * 2 > next.height;
  return tooFar ? null : shift;
}

/** What comes into sight, as WebGL counts rows. */
export function stripsOf({ width, height }: Size, { x, y }: Shift): Rect[] {
  const strips: Rect[] = [];
  if (x) strips.push({ x0: x > 0 ? 0 : width + x, y0: 0, x1: x > 0 ? x : width, y1: height });
  if (y) strips.push({ x0: 0, y0: y > 0 ? 0 : height + y, x1: width, y1: y > 0 ? y : height });
  return strips;
}

export class FrameMover {
  private readonly copy: WebGLRenderbuffer;
  private readonly framebuffer: WebGLFramebuffer;
  private size: Size = { width: 0, height: 0 };

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.copy = gl.createRenderbuffer();
    this.framebuffer = gl.createFramebuffer();
  }

  /** Move what is on a canvas of this size. A buffer cannot be copied onto itself, so it goes through another. */
  move(size: Size, { x, y }: Shift): void {
    const { gl } = this;
    const { width, height } = size;
    this.resize(size);
    gl.disable(gl.SCISSOR_TEST);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.framebuffer);
    const [color, nearest] = [gl.COLOR_BUFFER_BIT, gl.NEAREST];
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, color, nearest);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.framebuffer);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    const from = {
      x0: Math.max(0, -x),
      y0: Math.max(0, -y),
      x1: Math.min(width, width - x),
      y1: Math.min(height, height - y),
    };
    const { x0, y0, x1, y1 } = from;
    gl.blitFramebuffer(x0, y0, x1, y1, x0 + x, y0 + y, x1 + x, y1 + y, color, nearest);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }

  private resize({ width, height }: Size): void {
    if (this.size.width === width && this.size.height === height) return;
    const { gl } = this;
    gl.bindRenderbuffer(gl.RENDERBUFFER, this.copy);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGB8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer);
    gl.framebufferRenderbuffer(
      ...([gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER] as const),
      this.copy,
    );
    this.size = { width, height };
  }
}
