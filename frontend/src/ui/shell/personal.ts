/** Small choices that one person made in this browser; another person who signs in here has others. */

let person = 0;
const listeners = new Set<() => void>();

function keyOf(name: string): string {
  return `cytoloop.${name}.${person}`;
}

/** Somebody signed in: their choices count from now on. */
export function setPerson(id: number): void {
  if (id === person) return;
  person = id;
  for (const listener of listeners) listener();
}

export function onPersonChange(listener: () => void): void {
  listeners.add(listener);
}

/** What was stored, to be checked by who asks; null when there is nothing, or storage is forbidden or damaged. */
export function readPersonal(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name)) ?? 'null');
  } catch {
    return null;
  }
}

export function writePersonal(name: string, value: unknown): void {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
  } catch {
    // The choice then lasts until the page is closed.
  }
}
