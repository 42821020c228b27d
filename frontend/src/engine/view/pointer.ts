/** Pointer, touch and wheel on the picture: who gets them, the tool or the view. */
import type { Editor } from '../labels/editor';
import type { Point } from '../geometry';
import type { Pointer, Tool } from '../tools';
import type { Viewport } from './viewport';

export interface PointerHost {
  readonly editor: Editor;
  readonly tool: Tool;
  /** True while edits wait for labels to load, say. */
  readonly busy: boolean;
  active(): void;
  /** A button went down: the keyboard's cross-hair goes. */
  pointerTakes(): void;
  /** A pen touches with its eraser end, or no longer. */
  flip(flipped: boolean): void;
  /** A step of the wheel with Shift. */
  turn(steps: number): void;
  /** The pointer with Alt held chooses a place. */
  readonly picks: boolean;
  /** The pointer is over an image point, or has left the picture. */
  hover(point: Point | null): void;
  /** A place was chosen without a tool that edits: by a click, or by the pointer with Alt held. */
  pick(point: Point): void;
  /** To another slice, or another frame of a movie. */
  turnPlane(step: number): void;
  /** A tool is about to be used. */
  begin(): void;
}

/** The button of a pen's eraser end (Pointer Events, 4.1.1). */
const ERASER_END = 5;
const RIGHT = 2;
/** Movement in CSS pixels below which a press with a panning tool is a click. */
const CLICK_WITHIN = 4;
/** A finger that moves less has not begun a stroke: a second one may still land to zoom. */
const HELD_WITHIN = 6;

/**
 * What the pressed pointers do. `held` is a finger of which the tool does not know yet; `done` are fingers that are left of a
 * gesture and do nothing more.
 */
type Mode = 'tool' | 'pan' | 'pick' | 'held' | 'pinch' | 'done' | null;

/** What pointers need to know of the view, and do to it. */
export type PointerView = Pick<
  Viewport,
  'overlay' | 'ratio' | 'zoom' | 'imagePoint' | 'pan' | 'zoomBy' | 'draw'
>;

export function listenToPointer(viewport: PointerView, host: PointerHost): () => void {
  const target = viewport.overlay;
  const listening = new AbortController();
  const { signal } = listening;
  const input = new PointerInput(viewport, host);
  const on = (type: 'pointerdown' | 'pointermove', act: (event: PointerEvent) => void): void =>
    target.addEventListener(type, act, { signal });
  on('pointerdown', (event) => input.down(event));
  on('pointermove', (event) => input.move(event));
  // A stroke that the system takes away is kept, not lost.
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
    target.addEventListener(type, (event) => input.up(event), { signal });
  }
  target.addEventListener(
    'contextmenu',
    (event) => host.tool.takesRight && event.preventDefault(),
    { signal },
  );
  target.addEventListener('pointerleave', () => host.hover(null), { signal });
  target.addEventListener('wheel', (event) => turnWheel(event, viewport, host), {
    signal,
    passive: false,
  });
  const space = (event: KeyboardEvent): void => {
    if (event.code === 'Space') input.spaceHeld = event.type === 'keydown';
  };
  addEventListener('keydown', space, { signal });
  addEventListener('keyup', space, { signal });
  addEventListener('blur', () => (input.spaceHeld = false), { signal });
  return () => listening.abort();
}

function turnWheel(event: WheelEvent, viewport: PointerView, host: PointerHost): void {
  event.preventDefault();
  host.active();
  const turn = event.deltaY || event.deltaX;
  if (event.shiftKey) host.turn(-Math.sign(turn));
  else if (event.altKey) host.turnPlane(Math.sign(turn));
  else viewport.zoomBy(Math.exp(-turn * 0.0015), viewport.imagePoint(event));
}

class PointerInput {
  spaceHeld = false;
  private mode: Mode = null;
  /** The pressed pointers, where they are in CSS pixels. */
  private readonly pressed = new Map<number, Point>();
  private first: PointerEvent | null = null;
  private moved = 0;
  /** With a pen about, a finger or a palm does not draw. */
  private penSeen = false;

  constructor(
    private readonly viewport: PointerView,
    private readonly host: PointerHost,
  ) {}

  down(event: PointerEvent): void {
    const { host, viewport } = this;
    host.active();
    host.pointerTakes();
    viewport.overlay.focus({ preventScroll: true });
    this.penSeen ||= event.pointerType === 'pen';
    const touches = event.pointerType === 'touch';
    if (this.mode !== null && touches) {
      this.secondFinger(event);
      return;
    }
    if (this.mode !== null || host.busy) return;
    viewport.overlay.setPointerCapture(event.pointerId);
    this.pressed.set(event.pointerId, spotOf(event));
    this.moved = 0;
    this.first = event;
    this.mode = this.modeOf(event);
    if (this.mode === 'pan') event.preventDefault();
    else if (this.mode === 'pick') host.pick(viewport.imagePoint(event));
    else if (this.mode === 'tool') this.beginTool(event);
    else if (this.mode === null) this.pressed.delete(event.pointerId);
  }

  move(event: PointerEvent): void {
    const { host, viewport, mode } = this;
    host.active();
    const last = this.pressed.get(event.pointerId);
    const spot = spotOf(event);
    if (mode === 'pinch' && last) this.pinch(event.pointerId, spot);
    else if (last) {
      const [dx, dy] = [spot.x - last.x, spot.y - last.y];
      this.moved += Math.abs(dx) + Math.abs(dy);
      if (mode === 'pan') viewport.pan(dx, dy);
      else if (mode === 'pick') host.pick(viewport.imagePoint(event));
      else if (mode === 'held' && this.moved > HELD_WITHIN) this.releaseHeld();
    }
    if (last) this.pressed.set(event.pointerId, spot);
    if (this.mode === 'tool' || this.mode === 'pan' || this.mode === null) this.moveTool(event);
    host.hover(viewport.imagePoint(event));
    viewport.draw();
  }

  up(event: PointerEvent): void {
    if (!this.pressed.delete(event.pointerId)) return;
    const { host, viewport, mode } = this;
    if (mode === 'held' && event.type === 'pointerup') this.releaseHeld();
    if (this.mode === 'tool') host.tool.up?.(host.editor, this.pointerOf(event));
    host.flip(false);
    const clicked = mode === 'pan' && this.moved < CLICK_WITHIN && event.button === 0;
    if (clicked && host.tool.pans) {
      host.tool.down?.(host.editor, this.pointerOf(event));
      host.pick(viewport.imagePoint(event));
    }
    this.mode = this.pressed.size > 0 ? 'done' : null;
    viewport.draw();
  }

  private modeOf(event: PointerEvent): Mode {
    const { tool } = this.host;
    if (event.button === 1) return 'pan';
    if (event.button === ERASER_END || (event.button === RIGHT && tool.takesRight)) return 'tool';
    if (event.button !== 0) return null;
    // A tool with negative clicks takes Alt for them.
    if (event.altKey && this.host.picks && !tool.takesRight) return 'pick';
    if (this.spaceHeld || tool.pans) return 'pan';
    if (event.pointerType !== 'touch') return 'tool';
    return this.penSeen ? 'pan' : 'held';
  }

  private beginTool(event: PointerEvent): void {
    this.mode = 'tool';
    this.host.begin();
    this.host.flip(event.button === ERASER_END);
    this.host.tool.down?.(this.host.editor, this.pointerOf(event));
    this.viewport.draw();
  }

  private releaseHeld(): void {
    if (this.first) this.beginTool(this.first);
  }

  /** What one finger has begun is taken back: two fingers move the view. */
  private secondFinger(event: PointerEvent): void {
    const { tool, editor } = this.host;
    if (this.mode === 'pinch' || this.mode === 'done' || this.first?.pointerType !== 'touch')
      return;
    if (this.mode === 'tool') (tool.abort ?? tool.cancel)?.call(tool, editor);
    this.viewport.overlay.setPointerCapture(event.pointerId);
    this.pressed.set(event.pointerId, spotOf(event));
    this.mode = 'pinch';
    this.viewport.draw();
  }

  private pinch(id: number, spot: Point): void {
    const { viewport } = this;
    const before = [...this.pressed.values()];
    this.pressed.set(id, spot);
    const after = [...this.pressed.values()];
    const [from, to] = [middleOf(before), middleOf(after)];
    viewport.pan(to.x - from.x, to.y - from.y);
    const factor = spread(after) / Math.max(1, spread(before));
    viewport.zoomBy(factor, viewport.imagePoint({ offsetX: to.x, offsetY: to.y }));
  }

  private moveTool(event: PointerEvent): void {
    const { host } = this;
    const pressed = this.mode === 'tool';
    // Browsers may leave the event itself out of its coalesced ones, or answer none.
    const points = pressed ? event.getCoalescedEvents() : [];
    for (const point of points.length > 0 ? points : [event]) {
      host.tool.move?.(host.editor, this.pointerOf(point), pressed);
    }
  }

  private pointerOf(event: PointerEvent): Pointer {
    const { viewport } = this;
    const pixel = viewport.ratio / viewport.zoom;
    const pressure = event.pointerType === 'pen' ? event.pressure : undefined;
    const negative = event.altKey || event.ctrlKey || event.button === RIGHT;
    return { ...viewport.imagePoint(event), shift: event.shiftKey, negative, pixel, pressure };
  }
}

function spotOf(event: PointerEvent): Point {
  return { x: event.offsetX, y: event.offsetY };
}

function middleOf([a, b]: Point[]): Point {
  return { x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2 };
}

function spread([a, b]: Point[]): number {
  return Math.hypot(a!.x - b!.x, a!.y - b!.y);
}
