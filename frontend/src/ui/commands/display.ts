/** Commands for channels, stacks and movies. */
import type { MessageKey } from '../messages';
import type { CommandGroup, CommandSpec, Work } from './command';

const needsSlices = ({ shown }: Work): MessageKey | null =>
  shown.depth > 1 ? null : 'why.noSlices';

function solo(number: number): CommandSpec {
  return {
    key: `Alt+Digit${number}`,
    run: ({ session }) => session.display.channels.toggleSolo(number - 1),
    unavailable: ({ shown }) => (shown.contrast.length < number ? 'why.noChannel' : null),
  };
}

export const display = {
  'view.play': {
    key: 'Alt+KeyR',
    run: ({ session }) => session.views.playback.toggle(),
    unavailable: ({ shown }) => (shown.frames > 1 || shown.depth > 1 ? null : 'why.noFrames'),
  },
  'view.projection': {
    key: 'Alt+KeyZ',
    run: ({ session, shown }) =>
      session.views.project({ kind: shown.views.projected ? 'off' : 'whole' }),
    unavailable: needsSlices,
  },
  'view.ortho': {
    key: 'Alt+KeyS',
    run: ({ session }) => session.views.ortho.toggle(),
    unavailable: needsSlices,
  },
  'view.minimap': { key: 'Alt+KeyI', run: ({ session }) => session.views.toggleMinimap() },
  'view.soloNext': { key: 'Alt+Digit0', run: ({ session }) => session.display.channels.nextSolo() },
  'view.solo1': solo(1),
  'view.solo2': solo(2),
  'view.solo3': solo(3),
  'view.solo4': solo(4),
  'view.resetPicture': { key: '', run: ({ session }) => session.display.channels.reset() },
} satisfies CommandGroup;
