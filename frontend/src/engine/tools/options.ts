/** How the tools work: one flat object, kept from sample to sample. */
import type { ChannelChoice } from '../image/imageReader';
import type { Border } from '../pixels/watershed';
import type { Extent } from '../labels/reach';

/** Whose pixels a stroke or shape becomes; `auto` is the cell a stroke starts in or touches, else a new one. */
export type Target = 'auto' | 'new' | 'selected';

/** What drawing may cover. */
export type Covers = 'background' | 'anything';

/** What the eraser takes; `auto` is the cell a stroke starts in, on background anything. */
export type Erases = 'auto' | 'selected' | 'anything';

/** Where a cell is deleted or merged: on this plane, in all slices of its frame, or in all slices of all frames. */
export type ReachChoice = 'plane' | 'stack' | 'movie';

export interface ToolOptions {
  target: Target;
  covers: Covers;
  erases: Erases;
  /** A pen's pressure scales the radius. */
  pressure: boolean;
  /** Radius of the disc that smoothing looks at, in pixels. */
  smoothing: number;
  /** Where the tools that look at intensities look. */
  channel: ChannelChoice;
  /** How far the wand goes from the brightness of its place, in percent from black to white. */
  tolerance: number;
  /** What a threshold makes cells of. */
  objects: 'bright' | 'dark';
  /** Pieces of a threshold with fewer pixels are left out. */
  smallest: number;
  /** What shows where to split. */
  border: Border;
  /** Where whole cells are deleted and merged. */
  reach: ReachChoice;
}

/** The options of which one is chosen, and what can be chosen. */
export const CHOICES = {
  target: ['auto', 'new', 'selected'],
  covers: ['background', 'anything'],
  erases: ['auto', 'selected', 'anything'],
  objects: ['bright', 'dark'],
  border: ['shape', 'dark', 'bright'],
  reach: ['plane', 'stack', 'movie'],
} as const satisfies { [K in keyof ToolOptions]?: readonly ToolOptions[K][] };

export type Choice = keyof typeof CHOICES;

/** The values of an option that differ on such data. */
export function offered(choice: Choice, { frames, depth }: Extent): readonly string[] {
  if (choice !== 'reach') return CHOICES[choice];
  const here = depth > 1 ? ['plane', 'stack'] : ['stack'];
  return frames > 1 ? [...here, 'movie'] : here;
}

/** The same options with the next value of one. */
export function withNext(options: ToolOptions, choice: Choice, extent: Extent): ToolOptions {
  const values = offered(choice, extent);
  const next = values[(values.indexOf(options[choice]) + 1) % values.length];
  return { ...options, [choice]: next };
}

export function standardOptions(): ToolOptions {
  return {
    ...{ target: 'auto', covers: 'background', erases: 'auto', pressure: false, smoothing: 2 },
    ...{ channel: 'visible', tolerance: 10, objects: 'bright', smallest: 20 },
    ...{ border: 'shape', reach: 'stack' },
  };
}
