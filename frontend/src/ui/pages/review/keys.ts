/** Keys of the review page. Matched by place on the keyboard, ignored while somebody types. */

export type ReviewAction =
  | { kind: 'accept' }
  | { kind: 'acceptAnswer' }
  | { kind: 'correct' }
  | { kind: 'sendBack' }
  | { kind: 'hide' }
  | { kind: 'placeNote' }
  | { kind: 'noteHere' }
  | { kind: 'fit' }
  | { kind: 'zoom'; by: number }
  | { kind: 'cell'; by: 1 | -1 }
  | { kind: 'move'; by: 1 | -1 }
  | { kind: 'choose'; at: number };

export interface KeyLike {
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  target: EventTarget | null;
}

const KEYS: Record<string, ReviewAction> = {
  KeyA: { kind: 'accept' },
  Enter: { kind: 'acceptAnswer' },
  KeyC: { kind: 'correct' },
  KeyS: { kind: 'sendBack' },
  KeyH: { kind: 'hide' },
  KeyN: { kind: 'placeNote' },
  KeyM: { kind: 'noteHere' },
  KeyD: { kind: 'cell', by: 1 },
  'Shift+KeyD': { kind: 'cell', by: -1 },
  Digit0: { kind: 'fit' },
  Equal: { kind: 'zoom', by: 1.3 },
  Minus: { kind: 'zoom', by: 1 / 1.3 },
  KeyJ: { kind: 'move', by: 1 },
  KeyK: { kind: 'move', by: -1 },
};

/** True where a key belongs to the control that has the focus. */
function isTyping(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog, input, textarea, select, [contenteditable]')) return true;
  return code === 'Enter' && target.closest('a, button') !== null;
}

/** What a key means here; null when it means nothing. */
export function reviewAction(event: KeyLike): ReviewAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (isTyping(event.target, event.code)) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit) return { kind: 'choose', at: Number(digit) - 1 };
  return KEYS[event.shiftKey ? `Shift+${event.code}` : event.code] ?? null;
}
