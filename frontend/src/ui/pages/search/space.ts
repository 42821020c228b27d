/** A search space while a person edits it. Pure. */
import type { SearchDimension } from '../../../api';
import { choicesOf } from './trials';

export const MOST_SETTINGS = 20;

export interface EditedSetting {
  key: string;
  kind: SearchDimension['kind'];
  /** Whether it is searched. */
  on: boolean;
  low: string;
  high: string;
  log: boolean;
  /** Values with semicolons between. */
  choices: string;
}

export type SettingProblem = 'number' | 'order' | 'log' | 'whole' | 'choices';

export function editedOf(dimension: SearchDimension, on: boolean): EditedSetting {
  const { key, kind, low = 0, high = 0, log = false } = dimension;
  const choices = choicesOf(dimension).join('; ');
  return { key, kind, on, low: String(low), high: String(high), log, choices };
}

/** A setting that was not offered, with a range to be filled in. */
export function freshSetting(key: string): EditedSetting {
  return { key, kind: 'float', on: true, low: '', high: '', log: false, choices: '' };
}

/** A value as JSON, or the text itself where it is none. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function valuesOf(choices: string): unknown[] {
  return choices
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean)
    .map(valueOf);
}

/** What is wrong with a setting that is searched, as a code; null when nothing is. */
export function problemOfSetting(setting: EditedSetting): SettingProblem | null {
  if (!setting.on) return null;
  if (setting.kind === 'choice') {
    const distinct = new Set(valuesOf(setting.choices).map((value) => JSON.stringify(value)));
    return distinct.size < 2 ? 'choices' : null;
  }
  const [low, high] = [Number(setting.low), Number(setting.high)];
  const isFilled = setting.low.trim() !== '' && setting.high.trim() !== '';
  if (!isFilled || !Number.isFinite(low) || !Number.isFinite(high)) return 'number';
  if (low >= high) return 'order';
  if (setting.log && low <= 0) return 'log';
  const isWhole = Number.isInteger(low) && Number.isInteger(high);
  return setting.kind === 'int' && !isWhole ? 'whole' : null;
}

/** What is wrong with the space as a whole; null when nothing is. */
export function problemOfSpace(settings: EditedSetting[]): 'none' | 'many' | 'setting' | null {
  const on = settings.filter((setting) => setting.on);
  if (on.length === 0) return 'none';
  if (on.length > MOST_SETTINGS) return 'many';
  return on.some((setting) => problemOfSetting(setting) !== null) ? 'setting' : null;
}

/** The space as the server takes it. */
export function sentSpace(settings: EditedSetting[]): SearchDimension[] {
  return settings
    .filter((setting) => setting.on)
    .map(({ key, kind, low, high, log, choices }) =>
      kind === 'choice'
        ? { key, kind, choices: valuesOf(choices) }
        : { key, kind, low: Number(low), high: Number(high), log },
    );
}
