/** Every command by name: type some letters, Enter does it. What was used lately comes first; what cannot be done says why. */
import { useId, useState, type KeyboardEvent, type ReactElement } from 'react';
import { flushSync } from 'react-dom';

import type { LabelClass } from '../../api';
import { COMMAND_NAMES, COMMANDS, GROUPS, type Command, type Work } from '../commands';
import { search } from '../commands/search';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { Dialog } from '../shell/Dialog';
import { readPersonal, writePersonal } from '../shell/personal';

const RECENT = 'recentCommands';
const RECENT_COUNT = 5;

interface Entry {
  id: string;
  name: string;
  group: string;
  key: string;
  /** Why it cannot be done now. */
  why: string | null;
  run: () => void;
}

function recentIds(): string[] {
  const stored = readPersonal(RECENT);
  return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [];
}

function remember(id: string): void {
  const others = recentIds().filter((other) => other !== id);
  writePersonal(RECENT, [id, ...others].slice(0, RECENT_COUNT));
}

function useEntries(work: Work, classes: readonly LabelClass[]): Entry[] {
  const t = useT();
  const bindings = useBindings();
  const entryOf = (command: Command): Entry => {
    const why = COMMANDS[command].unavailable?.(work) ?? null;
    const title = GROUPS.find(([prefix]) => command.startsWith(prefix))?.[1];
    return {
      id: command,
      name: t(command),
      group: title ? t(title) : '',
      key: keyLabel(bindings[command]),
      why: why && t(why),
      run: () => COMMANDS[command].run(work),
    };
  };
  const classEntries = classes.map(({ index, name, key }) => ({
    id: `class.${index}`,
    name: t('palette.class', { name }),
    group: t('panel.classes'),
    key,
    why: null,
    run: () => work.session.toolbox.chooseClass(index),
  }));
  const commands = COMMAND_NAMES.filter((command) => command !== 'work.palette').map(entryOf);
  const all = [...commands, ...classEntries];
  const recent = recentIds().flatMap((id) => all.filter((entry) => entry.id === id));
  return [...recent, ...all.filter((entry) => !recent.includes(entry))];
}

interface Props {
  work: Work;
  classes: readonly LabelClass[];
  onClose: () => void;
}

export function CommandPalette({ work, classes, onClose }: Props): ReactElement {
  const t = useT();
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const entries = useEntries(work, classes);
  const found = search(entries, typed, ({ name, group }) => `${name} (${group})`);
  const current = Math.min(chosen, found.length - 1);

  const take = (entry: Entry | undefined): void => {
    if (!entry || entry.why) return;
    remember(entry.id);
    // The dialog gives the focus back first: the command may want it elsewhere.
    flushSync(onClose);
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.code];
    if (step && found.length > 0) setChosen((current + step + found.length) % found.length);
    else if (event.code === 'Enter') take(found[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t('palette.title')} onClose={onClose}>
      <input
        className="input"
        type="text"
        role="combobox"
        aria-label={t('palette.search')}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[current] && `${listId}-${current}`}
        placeholder={t('palette.search')}
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} className="palette-list" role="listbox" aria-label={t('palette.title')}>
        {found.map((entry, at) => (
          <PaletteRow
            key={entry.id}
            id={`${listId}-${at}`}
            entry={entry}
            chosen={at === current}
            onTake={() => take(entry)}
          />
        ))}
      </ul>
      <p className="muted small" role="status">
        {found.length === 0 ? t('palette.none') : t('palette.hint', { n: found.length })}
      </p>
    </Dialog>
  );
}

interface RowProps {
  id: string;
  entry: Entry;
  chosen: boolean;
  onTake: () => void;
}

function PaletteRow({ id, entry, chosen, onTake }: RowProps): ReactElement {
  return (
    <li
      id={id}
      role="option"
      aria-selected={chosen}
      aria-disabled={entry.why !== null}
      ref={(element) => {
        if (chosen) element?.scrollIntoView({ block: 'nearest' });
      }}
      onClick={onTake}
    >
      <span>{entry.name}</span>
      <span className="palette-why grow">{entry.why}</span>
      <span className="palette-group">{entry.group}</span>
      {entry.key ? <kbd>{entry.key}</kbd> : null}
    </li>
  );
}
