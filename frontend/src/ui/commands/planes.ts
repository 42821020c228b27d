/** Commands that carry cells from plane to plane of a stack or movie. */
import type { MessageKey } from '../messages';
import type { CommandGroup, CommandSpec, Work } from './command';

interface Step {
  dt: number;
  dz: number;
}

function lacksPlanes({ dz }: Step, { shown }: Work): MessageKey | null {
  if (dz !== 0) return shown.depth > 1 ? null : 'why.noSlices';
  return shown.frames > 1 ? null : 'why.noFrames';
}

function copy(key: string, step: Step): CommandSpec {
  return {
    key,
    run: ({ session }) => void session.stack.copy(step, 'selected'),
    unavailable: (work) =>
      lacksPlanes(step, work) ?? (work.shown.selected ? null : 'why.noneSelected'),
  };
}

function copyAll(key: string, step: Step): CommandSpec {
  return {
    key,
    run: ({ session }) => void session.stack.copy(step, 'all'),
    unavailable: (work) => lacksPlanes(step, work),
  };
}

export const planes = {
  'edit.copyUp': copy('Shift+PageUp', { dt: 0, dz: 1 }),
  'edit.copyDown': copy('Shift+PageDown', { dt: 0, dz: -1 }),
  'edit.copyOn': copy('Shift+Period', { dt: 1, dz: 0 }),
  'edit.copyBack': copy('Shift+Comma', { dt: -1, dz: 0 }),
  'edit.copyAllUp': copyAll('Alt+Shift+PageUp', { dt: 0, dz: 1 }),
  'edit.copyAllDown': copyAll('Alt+Shift+PageDown', { dt: 0, dz: -1 }),
  'edit.copyAllOn': copyAll('Alt+Shift+Period', { dt: 1, dz: 0 }),
  'edit.copyAllBack': copyAll('Alt+Shift+Comma', { dt: -1, dz: 0 }),
  'edit.interpolate': {
    key: 'Shift+KeyI',
    run: ({ session }) => void session.stack.interpolate(),
    unavailable: ({ shown }) => {
      if (shown.depth < 2 && shown.frames < 2) return 'why.noSlices';
      return shown.selected ? null : 'why.noneSelected';
    },
  },
} satisfies CommandGroup;
