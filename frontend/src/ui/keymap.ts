/** The keys of the working pages: a preset, what the person changed, and what a key press asks for. Kept per person in this browser. */
import { useSyncExternalStore } from 'react';

import { COMMAND_NAMES, COMMANDS, type Command } from './commands';
import { PRESET_NAMES, PRESETS, type PresetName } from './commands/presets';
import { REVIEW_KEYS, REVIEW_NAMES, type ReviewCommand } from './commands/review';
import { onPersonChange, readPersonal, writePersonal } from './shell/personal';

/** A command of the annotation page, or of the review page. */
export type Bindable = Command | ReviewCommand;

export type Bindings = Readonly<Record<Bindable, string>>;

const ALL_NAMES: readonly Bindable[] = [...COMMAND_NAMES, ...REVIEW_NAMES];

/** The commands of one page: only these can take a key from each other. */
function besides(name: Bindable): readonly Bindable[] {
  return Object.hasOwn(REVIEW_KEYS, name) ? REVIEW_NAMES : COMMAND_NAMES;
}

/** What a person chose. */
export interface KeyChoices {
  preset: PresetName;
  /** Keys that the person gave; '' for none. */
  own: Partial<Record<Bindable, string>>;
  /** Keys that are one character work. Speech input types by chance, so they can be switched off (WCAG 2.1.4). */
  characters: boolean;
}

const STORED_AS = 'keys';
const AS_IT_COMES: KeyChoices = { preset: 'cytoloop', own: {}, characters: true };

/** The keys of a preset: a command whose key is taken is reached with Alt and that key, or with Alt and Shift. */
export function presetKeys(preset: PresetName): Bindings {
  const taken: Partial<Record<Command, string>> = PRESETS[preset];
  const keys = Object.fromEntries(
    COMMAND_NAMES.map((name) => [name, taken[name] ?? COMMANDS[name].key]),
  ) as Record<Command, string>;
  const wanted = new Set(Object.values(taken));
  for (const name of COMMAND_NAMES) {
    if (taken[name] !== undefined || !wanted.has(keys[name])) continue;
    const instead = [`Alt+${keys[name]}`, `Alt+Shift+${keys[name]}`];
    keys[name] = instead.find((key) => !Object.values(keys).includes(key)) ?? '';
  }
  return { ...keys, ...REVIEW_KEYS };
}

/** Choices from storage or a file; anything that is not understood is left out. */
function choicesFrom(value: unknown): KeyChoices {
  if (typeof value !== 'object' || value === null) return AS_IT_COMES;
  const { preset, own, characters } = value as Record<string, unknown>;
  const keys = typeof own === 'object' && own !== null ? (own as Record<string, unknown>) : {};
  const known = ALL_NAMES.flatMap((name) => {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    return typeof key === 'string' ? [[name, key] as const] : [];
  });
  return {
    preset: PRESET_NAMES.find((name) => name === preset) ?? 'cytoloop',
    own: Object.fromEntries(known),
    characters: characters !== false,
  };
}

let choices = choicesFrom(readPersonal(STORED_AS));
let bindings: Bindings = { ...presetKeys(choices.preset), ...choices.own };
const listeners = new Set<() => void>();

function take(next: KeyChoices): void {
  choices = next;
  bindings = { ...presetKeys(next.preset), ...next.own };
  for (const listener of listeners) listener();
}

function choose(next: KeyChoices): void {
  writePersonal(STORED_AS, next);
  take(next);
}

onPersonChange(() => take(choicesFrom(readPersonal(STORED_AS))));

/**
 * Give a command another key; '' switches its key off. A command that had the key gets the old one, and is the answer.
 */
export function bindKey(command: Bindable, combination: string): Bindable | null {
  const other = besides(command).find((name) => name !== command && bindings[name] === combination);
  const displaced = combination === '' ? null : (other ?? null);
  const given = {
    ...choices.own,
    ...(displaced && { [displaced]: bindings[command] }),
    [command]: combination,
  };
  const standard: Record<string, string> = presetKeys(choices.preset);
  const own = Object.entries(given).filter(([name, key]) => standard[name] !== key);
  choose({ ...choices, own: Object.fromEntries(own) });
  return displaced;
}

/** Take a preset; what the person changed stays on top. */
export function choosePreset(preset: PresetName): void {
  choose({ ...choices, preset });
}

export function allowCharacters(characters: boolean): void {
  choose({ ...choices, characters });
}

export function resetKeys(): void {
  choose({ ...AS_IT_COMES, preset: choices.preset });
}

/** Groups of a page's commands that share a key: only the first of each can be reached by it. */
export function conflictsOf(
  keys: Bindings,
  names: readonly Bindable[] = COMMAND_NAMES,
): Bindable[][] {
  const byKey = new Map<string, Bindable[]>();
  for (const name of names) {
    const key = keys[name];
    if (key !== '') byKey.set(key, [...(byKey.get(key) ?? []), name]);
  }
  return [...byKey.values()].filter((sharing) => sharing.length > 1);
}

const FILE_FORMAT = 'cytoloop-keys-1';

/** The choices as a file to take along. */
export function exportKeys(): string {
  return `${JSON.stringify({ format: FILE_FORMAT, ...choices }, null, 2)}\n`;
}

/** Take the choices from a file; false when it is none of ours. */
export function importKeys(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || !('format' in value)) return false;
  if (value.format !== FILE_FORMAT) return false;
  choose(choicesFrom(value));
  return true;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useBindings(): Bindings {
  return useSyncExternalStore(subscribe, () => bindings);
}

export function useKeyChoices(): KeyChoices {
  return useSyncExternalStore(subscribe, () => choices);
}

type KeyPress = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** `Mod+Shift+KeyZ` for a key press; null for a modifier alone. Mod is Ctrl, or Cmd on a Mac. */
export function combinationOf(event: KeyPress): string | null {
  if (/^(Control|Shift|Alt|Meta)/.test(event.code)) return null;
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  const alt = event.altKey ? 'Alt+' : '';
  return `${mod}${alt}${event.shiftKey ? 'Shift+' : ''}${event.code}`;
}

const CHARACTERS =
  /^(Key|Digit|Numpad[^E]|Bracket|Comma|Period|Slash|Semicolon|Quote|Back(quote|slash)|Minus|Equal|Intl)/;

/** False for a key that is one character where the person switched those off. */
export function mayMean(event: Pick<KeyPress, 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>): boolean {
  if (choices.characters || event.ctrlKey || event.metaKey || event.altKey) return true;
  return !CHARACTERS.test(event.code);
}

/** What a key press asks for. */
export function commandOf(event: KeyPress): Command | null {
  const pressed = combinationOf(event);
  if (pressed === null || !mayMean(event)) return null;
  return (
    COMMAND_NAMES.find((name) => bindings[name] === pressed) ??
    COMMAND_NAMES.find((name) => COMMANDS[name].also === pressed) ??
    null
  );
}

/** What a key press asks for on the review page. */
export function reviewCommandOf(event: KeyPress): ReviewCommand | null {
  const pressed = combinationOf(event);
  if (pressed === null || !mayMean(event)) return null;
  return REVIEW_NAMES.find((name) => bindings[name] === pressed) ?? null;
}

/** Commands that a class key takes the key from: a class goes first on the pages where one labels. */
export function hiddenBy(
  classKey: string,
  keys: Bindings,
  names: readonly Command[] = COMMAND_NAMES,
): Command[] {
  if (classKey === '') return [];
  return names.filter((name) => keyLabel(keys[name]).toLowerCase() === classKey);
}

const NAMES: Record<string, string> = {
  Backquote: '`',
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
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
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
