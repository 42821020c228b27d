/** Commands on the selected cell, and on how the tools draw. */
import type { CellAction } from '../../engine/tools/reshape';
import type { Choice } from '../../engine/tools/options';
import type { CommandGroup, CommandSpec } from './command';

function next(choice: Choice, key: string): CommandSpec {
  return { key, run: ({ session }) => session.toolbox.nextOption(choice) };
}

function reshape(action: CellAction, key: string): CommandSpec {
  return { key, run: ({ session }) => session.toolbox.reshape(action) };
}

export const cell = {
  'options.nextTarget': next('target', 'Shift+KeyB'),
  'options.nextCovers': next('covers', 'Shift+KeyC'),
  'options.nextErases': next('erases', 'Shift+KeyE'),
  'options.nextObjects': next('objects', ''),
  'options.nextBorder': next('border', ''),
  'options.nextReach': next('reach', 'Shift+KeyD'),
  'options.togglePressure': {
    key: 'Shift+KeyP',
    run: ({ session, shown: { options } }) =>
      session.toolbox.setOptions({ pressure: !options.pressure }),
  },
  'cell.fillHoles': reshape('fillHoles', 'Shift+KeyF'),
  'cell.hull': reshape('hull', 'Shift+KeyH'),
  'cell.smooth': reshape('smooth', 'Shift+KeyS'),
  'cell.keepLargest': {
    key: 'Shift+KeyK',
    run: ({ session }) => session.pieces.keepLargest(),
  },
  'cell.splitPieces': {
    key: 'Shift+KeyX',
    run: ({ session }) => session.pieces.splitPieces(),
  },
} satisfies CommandGroup;
