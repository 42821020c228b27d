/** Commands that change labels, or how they are changed. */
import type { CommandGroup, Work } from './command';

function brushStep({ shown: { radius } }: Work): number {
  return radius < 8 ? 1 : Math.round(radius / 8);
}

export const edit = {
  'edit.undo': {
    key: 'Mod+KeyZ',
    repeats: true,
    run: ({ session }) => session.undo(),
    unavailable: ({ shown }) => (shown.canUndo ? null : 'why.nothingToUndo'),
  },
  'edit.redo': {
    key: 'Mod+Shift+KeyZ',
    also: 'Mod+KeyY',
    repeats: true,
    run: ({ session }) => session.redo(),
    unavailable: ({ shown }) => (shown.canRedo ? null : 'why.nothingToRedo'),
  },
  'edit.newCell': { key: 'KeyN', run: ({ session }) => session.toolbox.newCell() },
  'edit.deleteSelected': {
    key: 'Delete',
    run: ({ session }) => session.toolbox.deleteSelected(),
    unavailable: ({ shown }) => (shown.selected ? null : 'why.noneSelected'),
  },
  'edit.smaller': {
    key: 'BracketLeft',
    repeats: true,
    run: (work) => work.session.toolbox.turn(-1, brushStep(work)),
  },
  'edit.larger': {
    key: 'BracketRight',
    repeats: true,
    run: (work) => work.session.toolbox.turn(1, brushStep(work)),
  },
} satisfies CommandGroup;
