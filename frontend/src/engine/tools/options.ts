/** How the tools draw: one flat object, kept from sample to sample. */

/** Whose pixels a stroke or shape becomes; `auto` is the cell a stroke starts in or touches, else a new one. */
export type Target = 'auto' | 'new' | 'selected';

/** What drawing may cover. */
export type Covers = 'background' | 'anything';

/** What the eraser takes; `auto` is the cell a stroke starts in, on background anything. */
export type Erases = 'auto' | 'selected' | 'anything';

export interface ToolOptions {
  target: Target;
  covers: Covers;
  erases: Erases;
  /** A pen's pressure scales the radius. */
  pressure: boolean;
  /** Radius of the disc that smoothing looks at, in pixels. */
  smoothing: number;
}

/** The options of which one is chosen, and what can be chosen. */
export const CHOICES = {
  target: ['auto', 'new', 'selected'],
  covers: ['background', 'anything'],
  erases: ['auto', 'selected', 'anything'],
} as const satisfies { [K in keyof ToolOptions]?: readonly ToolOptions[K][] };

export type Choice = keyof typeof CHOICES;

/** The same options with the next value of one. */
export function withNext(options: ToolOptions, choice: Choice): ToolOptions {
  const values: readonly string[] = CHOICES[choice];
  const next = values[(values.indexOf(options[choice]) + 1) % values.length];
  return { ...options, [choice]: next };
}

export function standardOptions(): ToolOptions {
  return { target: 'auto', covers: 'background', erases: 'auto', pressure: false, smoothing: 2 };
}
