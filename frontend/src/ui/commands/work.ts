/** Commands of the page: hand in, skip, find help. */
import type { CommandGroup } from './command';

export const work = {
  'work.submit': {
    key: 'KeyS',
    also: 'Mod+Enter',
    run: ({ page }) => page.submit(),
    unavailable: ({ shown }) => {
      if (shown.otherTab) return 'why.otherTab';
      if (shown.question) return 'why.conflict';
      return shown.loading ? 'why.loading' : null;
    },
  },
  'work.skip': {
    key: 'KeyK',
    run: ({ page }) => page.skip?.(),
    unavailable: ({ page }) => (page.skip ? null : 'why.correction'),
  },
  'work.palette': { key: 'Mod+KeyK', run: ({ page }) => page.palette() },
  'work.help': { key: 'Shift+Slash', run: ({ page }) => page.help() },
} satisfies CommandGroup;
