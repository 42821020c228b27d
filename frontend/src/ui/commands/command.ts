/** What a command is. Its id is also the message key of its name; the part before the dot is its group. */
import type { Session, Snapshot } from '../../engine/session';
import type { MessageKey } from '../messages';

/** What the page around the picture can do. */
export interface PageActions {
  submit: () => void;
  /** Null where nothing may be skipped. */
  skip: (() => void) | null;
  help: () => void;
  palette: () => void;
}

/** What a command works on. */
export interface Work {
  session: Session;
  /** The session as it is on the screen now. */
  shown: Snapshot;
  page: PageActions;
}

export interface CommandSpec {
  /** The key it comes with, by place on the keyboard (`Mod+Shift+KeyZ`); '' for none. */
  key: string;
  /** A second key that cannot be changed, and gives way to any that a person chose. */
  also?: string;
  /** Holding the key down does it again and again. */
  repeats?: true;
  run: (work: Work) => void;
  /** Why it cannot be done now; null when it can. */
  unavailable?: (work: Work) => MessageKey | null;
}

export type CommandGroup = Partial<Record<MessageKey, CommandSpec>>;
