/** The typed message catalogue: `t('key', {n: 3})` in the language the person chose. */
import { useSyncExternalStore } from 'react';

import { en } from './en';
import { zh } from './zh';
import { problems } from './zh/problems';

export type MessageKey = keyof typeof en;
export type Language = 'en' | 'zh';
export type Params = Record<string, string | number>;
export type Translate = (key: MessageKey, params?: Params) => string;

const CATALOGUES: Record<Language, Record<MessageKey, string>> = { en, zh };
const STORAGE_KEY = 'cytoloop.language';
const listeners = new Set<() => void>();

function initialLanguage(): Language {
  const stored = readStored();
  if (stored) return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function readStored(): Language | null {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return value === 'en' || value === 'zh' ? value : null;
  } catch {
    return null; // Storage may be forbidden; the browser's language serves then.
  }
}

let language: Language = initialLanguage();
document.documentElement.lang = language;

export function getLanguage(): Language {
  return language;
}

/** Switch the language of all pages at once and remember it in this browser. */
export function setLanguage(next: Language): void {
  language = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // The choice then lasts until the tab is closed.
  }
  for (const listener of listeners) listener();
}

/** A message with `{name}` filled in; `one|many` picks by the parameter `n`. */
export function translate(lang: Language, key: MessageKey, params: Params = {}): string {
  const forms = CATALOGUES[lang][key].split('|');
  const form = forms.length === 2 && params.n !== 1 ? forms[1] : forms[0];
  return (form ?? '').replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (typeof value === 'number') return value.toLocaleString(lang);
    return value ?? '';
  });
}

/** The message of a key in the current language, outside React. */
export const t: Translate = (key, params) => translate(language, key, params);

/** True when the catalogue has the key: for codes that come from the server. */
export function hasMessage(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}

/** A sentence of the server, which comes in English with its code, in the person's language as far as it is known. */
export function serverSentence(code: string, detail: string): string {
  return (language === 'zh' ? problems[code] : undefined) ?? detail;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, getLanguage);
}

/** `t` for components: they are drawn again when the language changes. */
export function useT(): Translate {
  const lang = useLanguage();
  return (key, params) => translate(lang, key, params);
}
