/** Keys of the review page: digits choose an answer, the others can be changed. Ignored while somebody types. */
import type { ReviewCommand } from '../../commands/review';
import { mayMean, reviewCommandOf } from '../../keymap';

/** A command, or the place of the answer that is chosen. */
export type ReviewAction = ReviewCommand | { choose: number };

export type KeyLike = Pick<
  KeyboardEvent,
  'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'target'
>;

/** True where a key belongs to the control that has the focus. */
function isTyping(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog, input, textarea, select, [contenteditable]')) return true;
  return code === 'Enter' && target.closest('a, button') !== null;
}

/** What a key means here; null when it means nothing. */
export function reviewAction(event: KeyLike): ReviewAction | null {
  if (isTyping(event.target, event.code)) return null;
  const command = reviewCommandOf(event);
  if (command) return command;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && mayMean(event);
  const digit = plain && /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  return digit ? { choose: Number(digit) - 1 } : null;
}
