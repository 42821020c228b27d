/** What can be done on the review page by a key, and the key it comes with, by place on the keyboard. */
import type { MessageKey } from '../messages';

export const REVIEW_KEYS = {
  'review.accept': 'KeyA',
  'review.acceptChosen': 'Enter',
  'review.correct': 'KeyC',
  'review.sendBack': 'KeyS',
  'review.hide': 'KeyH',
  'review.placeNote': 'KeyN',
  'review.noteHere': 'KeyM',
  'review.nextCell': 'KeyD',
  'review.previousCell': 'Shift+KeyD',
  'review.nextSample': 'KeyJ',
  'review.previousSample': 'KeyK',
  'review.fit': 'Digit0',
  'review.zoomIn': 'Equal',
  'review.zoomOut': 'Minus',
  'review.help': 'Shift+Slash',
} as const satisfies Partial<Record<MessageKey, string>>;

export type ReviewCommand = keyof typeof REVIEW_KEYS;

export const REVIEW_NAMES = Object.keys(REVIEW_KEYS) as readonly ReviewCommand[];
