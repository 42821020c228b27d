/** A rectangle drawn over a grid: from where to where, and which of the pictures it meets. */
import { useCallback, useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';

import type { Rect } from '../../../engine/geometry';

/** Movement in CSS pixels below which a press is a click. */
const CLICK_WITHIN = 5;

/** The places of the boxes that a rectangle meets. */
export function meeting(rect: Rect, boxes: readonly Rect[]): number[] {
  return boxes.flatMap((box, place) =>
    box.x0 < rect.x1 && box.x1 > rect.x0 && box.y0 < rect.y1 && box.y1 > rect.y0 ? [place] : [],
  );
}

function rectBetween(a: { x: number; y: number }, b: { x: number; y: number }): Rect {
  return {
    x0: Math.min(a.x, b.x),
    y0: Math.min(a.y, b.y),
    x1: Math.max(a.x, b.x),
    y1: Math.max(a.y, b.y),
  };
}

export interface Marquee {
  /** The rectangle, in CSS pixels of the grid; null while none is drawn. */
  rect: Rect | null;
  onPointerDown: (event: PointerEvent) => void;
}

/**
 * Draw rectangles over the children of `grid`.
 *
 * `onDraw` is told the places of the children that are met, and whether they are meant beside what was selected before (Ctrl, Cmd).
 */
export function useMarquee(
  grid: RefObject<HTMLElement | null>,
  onDraw: (places: number[], add: boolean, starts: boolean) => void,
): Marquee {
  const [rect, setRect] = useState<Rect | null>(null);
  const listening = useRef<AbortController | null>(null);
  const draw = useRef(onDraw);
  useEffect(() => {
    draw.current = onDraw;
  }, [onDraw]);
  useEffect(() => () => listening.current?.abort(), []);

  const onPointerDown = useCallback(
    (event: PointerEvent) => {
      const element = grid.current;
      if (!element || event.button !== 0 || event.pointerType === 'touch') return;
      // Measured from the grid, so that the rectangle stays where it is when the page scrolls.
      const place = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
        const { left, top } = element.getBoundingClientRect();
        return { x: clientX - left, y: clientY - top };
      };
      const from = place(event);
      const add = event.ctrlKey || event.metaKey;
      let drawing = false;
      listening.current?.abort();
      listening.current = new AbortController();
      const { signal } = listening.current;
      const onMove = (moved: globalThis.PointerEvent): void => {
        const to = place(moved);
        const starts = !drawing;
        drawing ||= Math.hypot(to.x - from.x, to.y - from.y) > CLICK_WITHIN;
        if (!drawing) return;
        const drawn = rectBetween(from, to);
        setRect(drawn);
        draw.current(meeting(drawn, boxesIn(element)), add, starts);
      };
      const onEnd = (): void => {
        listening.current?.abort();
        setRect(null);
        // The click that ends the drag is not a click on a picture.
        if (drawing) addEventListener('click', swallow, { capture: true, once: true });
        setTimeout(() => removeEventListener('click', swallow, { capture: true }), 0);
      };
      addEventListener('pointermove', onMove, { signal });
      addEventListener('pointerup', onEnd, { signal });
      addEventListener('pointercancel', onEnd, { signal });
    },
    [grid],
  );
  return { rect, onPointerDown };
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}

function boxesIn(grid: HTMLElement): Rect[] {
  const { left, top } = grid.getBoundingClientRect();
  return [...grid.querySelectorAll('.crop')].map((child) => {
    const box = child.getBoundingClientRect();
    return {
      x0: box.left - left,
      y0: box.top - top,
      x1: box.right - left,
      y1: box.bottom - top,
    };
  });
}
