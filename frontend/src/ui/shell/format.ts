/** Numbers, times and names as people read them. */
import type { Person } from '../../api';
import { getLanguage } from '../messages';

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '-';
  return value.toLocaleString(getLanguage(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function percent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? '-' : `${number(fraction * 100)} %`;
}

/** Between a number and its unit no line ends. */
const WITH = '\u00a0';

/** A duration in its two largest units: `2 h 5 min`, `3 min 20 s`, `8 s`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '-';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}${WITH}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}${WITH}min ${whole % 60}${WITH}s`;
  return `${Math.floor(whole / 3600)}${WITH}h ${Math.floor((whole % 3600) / 60)}${WITH}min`;
}

export function dateTime(iso: string | null | undefined): string {
  if (!iso) return '-';
  return new Date(iso).toLocaleString(getLanguage(), { dateStyle: 'medium', timeStyle: 'short' });
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** How long ago something was, in its largest unit: `3 hours ago`. */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return '-';
  const seconds = (now - Date.parse(iso)) / 1000;
  const format = new Intl.RelativeTimeFormat(getLanguage(), { numeric: 'auto' });
  for (const [unit, size] of UNITS) {
    if (seconds >= size) return format.format(-Math.floor(seconds / size), unit);
  }
  return format.format(0, 'second');
}

export function bytes(size: number): string {
  if (size < 1024 * 1024) return `${number(Math.max(1, size / 1024))} KB`;
  return `${number(size / (1024 * 1024), 1)} MB`;
}

/** A difference with its sign: `+0.031`. */
export function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${number(value, 3)}`;
}

export function personName(person: Person): string {
  return person.display_name || person.username;
}
