/** Pointer and wheel on the picture: who gets them, the tool or the view. */
import type { Editor } from './editor';
import type { Pointer, Tool } from './tools';
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
}

/** The button of a pen's eraser end (Pointer Events, 4.1.1). */
const ERASER_END = 5;
const RIGHT = 2;
/** Movement in CSS pixels below which a press with a panning tool is a click. */
const CLICK_WITHIN = 4;

/** What pointers need to know of the view, and do to it. */
export type PointerView = Pick<
  Viewport,
  'overlay' | 'ratio' | 'zoom' | 'imagePoint' | 'pan' | 'zoomBy' | 'draw'
>;

export function listenToPointer(viewport: PointerView, host: PointerHost): () => void {
  const target = viewport.overlay;
  const listening = new AbortController();
  const { signal } = listening;
  let mode: 'tool' | 'pan' | null = null;
  let spaceHeld = false;
  let moved = 0;

  const pointerOf = (event: PointerEvent): Pointer => {
    const pixel = viewport.ratio / viewport.zoom;
    const pressure = event.pointerType === 'pen' ? event.pressure : undefined;
    const negative = event.altKey || event.ctrlKey || event.button === RIGHT;
    return { ...viewport.imagePoint(event), shift: event.shiftKey, negative, pixel, pressure };
  };

  const finish = (event: PointerEvent): void => {
    const ended = mode;
    mode = null;
    if (ended === 'tool') host.tool.up?.(host.editor, pointerOf(event));
    host.flip(false);
    const clicked = ended === 'pan' && host.tool.pans && moved < CLICK_WITHIN && event.button === 0;
    if (clicked) host.tool.down?.(host.editor, pointerOf(event));
    viewport.draw();
  };

  const pans = (event: PointerEvent): boolean =>
    event.button === 1 || (event.button === 0 && (spaceHeld || host.tool.pans === true));

  const draws = ({ button }: PointerEvent): boolean =>
    button === 0 || button === ERASER_END || (button === RIGHT && host.tool.takesRight === true);

  target.addEventListener(
    'pointerdown',
    (event) => {
      host.active();
      host.pointerTakes();
      target.focus({ preventScroll: true });
      if (mode !== null || host.busy) return;
      target.setPointerCapture(event.pointerId);
      moved = 0;
      if (pans(event)) {
        mode = 'pan';
        event.preventDefault();
      } else if (draws(event)) {
        mode = 'tool';
        host.flip(event.button === ERASER_END);
        host.tool.down?.(host.editor, pointerOf(event));
        viewport.draw();
      }
    },
    { signal },
  );
  target.addEventListener(
    'pointermove',
    (event) => {
      host.active();
      if (mode === 'pan') {
        moved += Math.abs(event.movementX) + Math.abs(event.movementY);
        viewport.pan(event.movementX, event.movementY);
      }
      const pressed = mode === 'tool';
      // Browsers may leave the event itself out of its coalesced ones, or answer none.
      const points = pressed ? event.getCoalescedEvents() : [];
      for (const point of points.length > 0 ? points : [event]) {
        host.tool.move?.(host.editor, pointerOf(point), pressed);
      }
      viewport.draw();
    },
    { signal },
  );
  target.addEventListener(
    'contextmenu',
    (event) => host.tool.takesRight && event.preventDefault(),
    { signal },
  );
  target.addEventListener('pointerup', finish, { signal });
  // A stroke that the system takes away is kept, not lost.
  target.addEventListener('pointercancel', finish, { signal });
  target.addEventListener('lostpointercapture', (event) => mode !== null && finish(event), {
    signal,
  });
  target.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      host.active();
      const turn = event.deltaY || event.deltaX;
      if (event.shiftKey) host.turn(-Math.sign(turn));
      else viewport.zoomBy(Math.exp(-turn * 0.0015), viewport.imagePoint(event));
    },
    { signal, passive: false },
  );
  addEventListener('keydown', (event) => event.code === 'Space' && (spaceHeld = true), { signal });
  addEventListener('keyup', (event) => event.code === 'Space' && (spaceHeld = false), { signal });
  addEventListener('blur', () => (spaceHeld = false), { signal });
  return () => listening.abort();
}
