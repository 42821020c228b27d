/** Commands of the working pages and their keys: matched by place on the keyboard, changeable, kept in this browser. */
import { useSyncExternalStore } from 'react';

export const COMMANDS = {
  'tool.brush': 'KeyB',
  'tool.eraser': 'KeyE',
  'tool.polygon': 'KeyP',
  'tool.fill': 'KeyF',
  'tool.merge': 'KeyM',
  'tool.split': 'KeyX',
  'tool.delete': 'KeyD',
  'tool.select': 'KeyV',
  'tool.pan': 'KeyH',
  'edit.undo': 'Mod+KeyZ',
  'edit.redo': 'Mod+Shift+KeyZ',
  'edit.newCell': 'KeyN',
  'edit.deleteSelected': 'Delete',
  'edit.smaller': 'BracketLeft',
  'edit.larger': 'BracketRight',
  'view.labels': 'KeyL',
  'view.outlines': 'KeyO',
  'view.auto': 'KeyA',
  'view.fit': 'Digit0',
  'view.actual': 'Shift+Digit0',
  'view.zoomIn': 'Equal',
  'view.zoomOut': 'Minus',
  'view.unsure': 'KeyU',
  'view.sliceUp': 'PageUp',
  'view.sliceDown': 'PageDown',
  'view.frameBack': 'Comma',
  'view.frameOn': 'Period',
  'work.submit': 'Mod+Enter',
  'work.submitPlain': 'KeyS',
  'work.skip': 'KeyK',
  'work.help': 'Shift+Slash',
} as const;

export type Command = keyof typeof COMMANDS;
export type Bindings = Readonly<Record<Command, string>>;

const STORAGE_KEY = 'cytoloop.keys';

function readStored(): Partial<Bindings> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return typeof stored === 'object' && stored !== null ? stored : {};
  } catch {
    return {}; // forbidden or damaged storage: the keys as they come
  }
}

let bindings: Bindings = { ...COMMANDS, ...readStored() };
const listeners = new Set<() => void>();

function store(next: Bindings): void {
  bindings = next;
  const standard: Record<string, string> = COMMANDS;
  const changed = Object.entries(next).filter(([name, key]) => standard[name] !== key);
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
  for (const name of Object.keys(next) as Command[]) {
    if (name !== command && combination !== '' && next[name] === combination) next[name] = old;
  }
  store(next);
}

export function resetKeys(): void {
  store({ ...COMMANDS });
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
  const found = (Object.keys(bindings) as Command[]).find((name) => bindings[name] === pressed);
  if (found) return found;
  return pressed === 'Mod+KeyY' ? 'edit.redo' : null;
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
