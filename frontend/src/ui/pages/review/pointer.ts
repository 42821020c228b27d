/** Pointer and wheel on one of the views of a scene: drag moves, wheel zooms, a click picks. */
import type { Scene } from '../../../engine/review/scene';
import type { Point } from '../../../engine/geometry';
import { toImage } from '../../../engine/renderer/view';

/** Movement in CSS pixels below which a press is a click. */
const CLICK_WITHIN = 4;

/** Answers how to stop listening. */
export function listenToScene(
  canvas: HTMLCanvasElement,
  scene: Scene,
  onPick: (point: Point) => void,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  let moved: number | null = null;
  const ratio = (): number => canvas.width / Math.max(1, canvas.clientWidth);
  const pointOf = ({ offsetX, offsetY }: MouseEvent): Point => {
    const at = { x: offsetX * ratio(), y: offsetY * ratio() };
    return toImage(scene.snapshot().view, canvas, at);
  };
  const on = <K extends keyof HTMLElementEventMap>(
    kind: K,
    act: (event: HTMLElementEventMap[K]) => void,
  ): void => canvas.addEventListener(kind, act, { signal, passive: false });

  on('pointerdown', (event) => {
    if (event.button > 1) return;
    moved = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    if (moved !== null) {
      moved += Math.abs(event.movementX) + Math.abs(event.movementY);
      if (moved >= CLICK_WITHIN) scene.pan(event.movementX * ratio(), event.movementY * ratio());
    }
    scene.point(pointOf(event));
  });
  on('pointerup', (event) => {
    const clicked = moved !== null && moved < CLICK_WITHIN && event.button === 0;
    moved = null;
    if (clicked) onPick(pointOf(event));
  });
  on('pointercancel', () => (moved = null));
  on('pointerleave', () => scene.point(null));
  on('wheel', (event) => {
    event.preventDefault();
    scene.zoomBy(Math.exp(-(event.deltaY || event.deltaX) * 0.0015), pointOf(event));
  });
  return () => listening.abort();
}
