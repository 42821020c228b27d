/**
 * Every command of the annotation page. A new one is one entry in the file of its group, and its name in the message catalogues
 * under the same id: keys, cheat sheet, palette and tool titles read it from here.
 */
import type { MessageKey } from '../messages';
import type { CommandSpec } from './command';
import { cell } from './cell';
import { display } from './display';
import { edit } from './edit';
import { notes } from './notes';
import { planes } from './planes';
import { tools } from './tools';
import { view } from './view';
import { work } from './work';

export type { CommandSpec, PageActions, Work } from './command';

const ALL = { ...tools, ...edit, ...cell, ...planes, ...view, ...display, ...notes, ...work };

export type Command = keyof typeof ALL;

export const COMMANDS: Readonly<Record<Command, CommandSpec>> = ALL;

export const COMMAND_NAMES = Object.keys(ALL) as readonly Command[];

/** The groups in the order in which people see them: the prefix of their ids, and their title. */
export const GROUPS = [
  ['tool.', 'keys.groupTools'],
  ['edit.', 'keys.groupEdit'],
  ['options.', 'keys.groupOptions'],
  ['cell.', 'keys.groupCell'],
  ['view.', 'keys.groupView'],
  ['work.', 'keys.groupWork'],
] as const satisfies readonly (readonly [string, MessageKey])[];
