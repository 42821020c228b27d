/** Size and order of the grid, kept in this browser. */
import { useCallback, useState } from 'react';

import { ORDER_KINDS, type OrderKind } from '../../../engine/grid/order';

export const SMALLEST = 72;
export const LARGEST = 320;

export interface GridChoices {
  /** Width of a picture in CSS pixels. */
  size: number;
  order: OrderKind;
}

const STORAGE_KEY = 'cytoloop.grid';
const USUAL: GridChoices = { size: 140, order: 'asked' };

function stored(): GridChoices {
  try {
    const found = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Partial<GridChoices>;
    const size = found.size ?? USUAL.size;
    return {
      size: size >= SMALLEST && size <= LARGEST ? size : USUAL.size,
      order: ORDER_KINDS.find((kind) => kind === found.order) ?? USUAL.order,
    };
  } catch {
    return USUAL; // forbidden or damaged storage
  }
}

export function useGridChoices(): [GridChoices, (change: Partial<GridChoices>) => void] {
  const [choices, setChoices] = useState(stored);
  const change = useCallback((wanted: Partial<GridChoices>) => {
    setChoices((old) => {
      const next = { ...old, ...wanted };
      try {
        localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
      } catch {
        // The choice then lasts until the page is left.
      }
      return next;
    });
  }, []);
  return [choices, change];
}
