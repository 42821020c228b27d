/** Series colours of the theme, safe for colour-blind eyes, and dashes that tell series apart too. */

export const SERIES = 6;
const DASHES: number[][] = [[], [6, 4], [2, 3], [10, 4, 2, 4], [4, 2], [1, 3]];

/** The value of a theme token, such as `--c1`. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888888';
}

export function seriesColor(index: number): string {
  return token(`--c${(index % SERIES) + 1}`);
}

export function seriesDash(index: number): number[] {
  return DASHES[index % DASHES.length] ?? [];
}

/** A colour with an alpha, for bands; takes `#rgb` and `#rrggbb`. */
export function withAlpha(color: string, alpha: number): string {
  const hex = color.replace('#', '');
  const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  const part = (at: number): number => Number.parseInt(full.slice(at, at + 2), 16);
  return `rgb(${part(0)} ${part(2)} ${part(4)} / ${alpha})`;
}

/** Default colours of new label classes (Okabe-Ito). */
export const CLASS_COLORS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#f0e442',
  '#8c6bb1',
  '#7f7f7f',
] as const;
