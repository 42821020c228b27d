/** Commands that go through a reviewer's notes on the picture. */
import type { MessageKey } from '../messages';
import type { CommandGroup, Work } from './command';

function lacking({ session }: Work): MessageKey | null {
  return session.notes.snapshot().list.length > 0 ? null : 'why.noNotes';
}

export const notes = {
  'view.nextNote': {
    key: 'Shift+KeyN',
    repeats: true,
    run: ({ session }) => session.notes.step(1),
    unavailable: lacking,
  },
  'view.previousNote': {
    key: 'Alt+Shift+KeyN',
    repeats: true,
    run: ({ session }) => session.notes.step(-1),
    unavailable: lacking,
  },
  'edit.tickNote': {
    key: 'Alt+KeyN',
    run: ({ session: { notes: own } }) => {
      const { current, list } = own.snapshot();
      // A refusal shows by itself: the tick goes away again.
      if (current !== null) own.tick(current, !list[current]!.done).catch(() => undefined);
    },
    unavailable: ({ session }) => (session.notes.snapshot().current === null ? 'why.noNote' : null),
  },
} satisfies CommandGroup;
