/** Commands of the working pages and their keys: matched by place on the keyboard, changeable, kept in this browser. */
import { useSyncExternalStore } from 'react';

import { COMMAND_NAMES, COMMANDS, type Command } from './commands';

export type Bindings = Readonly<Record<Command, string>>;

const DEFAULTS = Object.fromEntries(
  COMMAND_NAMES.map((name) => [name, COMMANDS[name].key]),
) as Bindings;

const STORAGE_KEY = 'cytoloop.keys';

function readStored(): Partial<Bindings> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null ? stored : {};
  } catch {
    return {}; // forbidden or damaged storage: the keys as they come
  }
}

let bindings: Bindings = { ...DEFAULTS, ...readStored() };
const listeners = new Set<() => void>();

function store(next: Bindings): void {
  bindings = next;
  const changed = COMMAND_NAMES.filter((name) => next[name] !== DEFAULTS[name]).map((name) => [
    name,
    next[name],
  ]);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(changed)));
  } catch {
    // The change then lasts until the page is closed.
  }
  for (const listener of listeners) listener();
}

/** Give a command another key; a command that had it gets the old one. '' switches the command's key off. */
export function bindKey(command: Command, combination: string): void {
  const old = bindings[command];
  const next = { ...bindings, [command]: combination };
  for (const name of COMMAND_NAMES) {
    if (name !== command && combination !== '' && next[name] === combination) next[name] = old;
  }
  store(next);
}

export function resetKeys(): void {
  store(DEFAULTS);
}

export function useBindings(): Bindings {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => bindings,
  );
}

type KeyPress = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** `Mod+Shift+KeyZ` for a key press; null for a modifier alone. Mod is Ctrl, or Cmd on a Mac. */
export function combinationOf(event: KeyPress): string | null {
  if (/^(Control|Shift|Alt|Meta)/.test(event.code)) return null;
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  const alt = event.altKey ? 'Alt+' : '';
  return `${mod}${alt}${event.shiftKey ? 'Shift+' : ''}${event.code}`;
}

/** What a key press asks for. */
export function commandOf(event: KeyPress): Command | null {
  const pressed = combinationOf(event);
  if (pressed === null) return null;
  return (
    COMMAND_NAMES.find((name) => bindings[name] === pressed) ??
    COMMAND_NAMES.find((name) => COMMANDS[name].also === pressed) ??
    null
  );
}

const NAMES: Record<string, string> = {
  BracketLeft: '[',
  BracketRight: ']',
  Comma: ',',
  Period: '.',
  Equal: '+',
  Minus: '-',
  Slash: '/',
  Delete: 'Del',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** A combination as people read it: `Ctrl+Shift+Z`. */
export function keyLabel(combination: string): string {
  if (combination === 'Shift+Slash') return '?';
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return combination
    .split('+')
    .map((part) => (part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : part))
    .map((part) => NAMES[part] ?? part.replace(/^(Key|Digit|Numpad)/, ''))
    .join('+');
}

/** True where typing belongs to a field and not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog')) return true;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'range', 'button'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    target.isContentEditable
  );
}
