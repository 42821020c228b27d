/** Which layers are shown, with keys 1 to 4. */
import { useState, type KeyboardEvent } from 'react';

import { LAYERS, type Layer } from './report';

export interface Layers {
  shown: ReadonlySet<Layer>;
  toggle: (layer: Layer) => void;
  /** Answers whether the key was one of ours. */
  onKey: (event: KeyboardEvent) => boolean;
}

export function toggled(shown: ReadonlySet<Layer>, layer: Layer): Set<Layer> {
  const next = new Set(shown);
  if (!next.delete(layer)) next.add(layer);
  return next;
}

export function useLayers(): Layers {
  const [shown, setShown] = useState<ReadonlySet<Layer>>(new Set<Layer>(['picture', 'errors']));
  const toggle = (layer: Layer): void => setShown((before) => toggled(before, layer));
  return {
    shown,
    toggle,
    onKey: (event) => {
      const layer = LAYERS[Number(event.key) - 1];
      if (!layer || event.ctrlKey || event.altKey || event.metaKey) return false;
      toggle(layer);
      return true;
    },
  };
}
