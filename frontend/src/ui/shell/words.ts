import { hasMessage, type Translate } from '../messages';

/** The words for a code such as a strategy or a state; the code itself where there are none. */
export function wordFor(t: Translate, family: string, code: string): string {
  const key = `${family}.${code}`;
  return hasMessage(key) ? t(key) : code.replaceAll('_', ' ');
}
