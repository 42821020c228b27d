/** Commands that change labels, or how they are changed. */
import type { Proposals } from '../../engine/proposals';
import type { CommandGroup, CommandSpec, Work } from './command';

function brushStep({ shown: { radius } }: Work): number {
  return radius < 8 ? 1 : Math.round(radius / 8);
}

/** Do something about the cells that a model proposed. */
function proposals(key: string, act: (all: Proposals) => Promise<void> | void): CommandSpec {
  return {
    key,
    run: ({ session }) => void act(session.proposals),
    unavailable: ({ shown }) => (shown.proposals ? null : 'why.noProposals'),
  };
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
  'edit.cursor': { key: 'Backquote', run: ({ session }) => session.cursor.toggle() },
  'edit.newCell': { key: 'KeyN', run: ({ session }) => session.toolbox.newCell() },
  'edit.deleteSelected': {
    key: 'Delete',
    run: ({ session }) => session.toolbox.deleteSelected(),
    unavailable: ({ shown }) => (shown.selected ? null : 'why.noneSelected'),
  },
  'edit.confirmUnsure': proposals('KeyQ', (all) => all.confirm()),
  'edit.deleteUnsure': proposals('Shift+KeyQ', (all) => all.deleteTurn()),
  'edit.removeBelow': proposals('', (all) => all.removeBelow()),
  'edit.confirmAbove': proposals('', (all) => all.confirmAbove()),
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
