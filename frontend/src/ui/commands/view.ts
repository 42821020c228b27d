/** Commands that change what is on the screen, and no label. */
import type { MessageKey } from '../messages';
import type { CommandGroup, CommandSpec, Work } from './command';

/** Go through the planes of a stack or movie. */
function plane(key: string, t: number, z: number): CommandSpec {
  const lacking = ({ shown }: Work): MessageKey | null => {
    if (z !== 0) return shown.depth > 1 ? null : 'why.noSlices';
    return shown.frames > 1 ? null : 'why.noFrames';
  };
  return {
    key,
    repeats: true,
    run: ({ session, shown: { slice } }) =>
      void session.navigator.goTo({ t: slice.t + t, z: slice.z + z }),
    unavailable: lacking,
  };
}

export const view = {
  'view.labels': {
    key: 'KeyL',
    run: ({ session, shown }) => session.setStyle({ visible: !shown.style.visible }),
  },
  'view.outlines': {
    key: 'KeyO',
    run: ({ session, shown }) => session.setStyle({ outlines: !shown.style.outlines }),
  },
  'view.auto': { key: 'KeyA', run: ({ session }) => session.display.channels.auto() },
  'view.fit': { key: 'Digit0', run: ({ session }) => session.navigator.fit() },
  'view.actual': { key: 'Shift+Digit0', run: ({ session }) => session.navigator.actualSize() },
  'view.zoomIn': {
    key: 'Equal',
    repeats: true,
    run: ({ session }) => session.navigator.zoomBy(1.3),
  },
  'view.zoomOut': {
    key: 'Minus',
    repeats: true,
    run: ({ session }) => session.navigator.zoomBy(1 / 1.3),
  },
  'view.unsure': { key: 'KeyU', run: ({ session }) => session.navigator.nextUnsure() },
  'view.sliceUp': plane('PageUp', 0, 1),
  'view.sliceDown': plane('PageDown', 0, -1),
  'view.frameBack': plane('Comma', -1, 0),
  'view.frameOn': plane('Period', 1, 0),
} satisfies CommandGroup;
