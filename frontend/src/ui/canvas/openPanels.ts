/** Which sections beside the picture a person has opened or closed, in this browser. */
import { useCallback, useSyncExternalStore } from 'react';

import { onPersonChange, readPersonal, writePersonal } from '../shell/personal';

const NAME = 'panels';
const listeners = new Set<() => void>();
let chosen: Readonly<Record<string, boolean>> | null = null;

function stored(): Record<string, boolean> {
  const found = readPersonal(NAME);
  if (typeof found !== 'object' || found === null) return {};
  const entries = Object.entries(found).filter(([, open]) => typeof open === 'boolean');
  return Object.fromEntries(entries);
}

function read(): Readonly<Record<string, boolean>> {
  return (chosen ??= stored());
}

function tell(): void {
  for (const listener of listeners) listener();
}

onPersonChange(() => {
  chosen = null;
  tell();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether a section is open, and how to turn it over; `usual` holds until somebody chose. */
export function useOpenPanel(id: string, usual: boolean): [boolean, () => void] {
  const open = useSyncExternalStore(subscribe, () => read()[id] ?? usual);
  const toggle = useCallback(() => {
    chosen = { ...read(), [id]: !(read()[id] ?? usual) };
    writePersonal(NAME, chosen);
    tell();
  }, [id, usual]);
  return [open, toggle];
}
