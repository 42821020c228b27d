/** Rows of classes: colour, name, key. Used by the wizard and the project's settings. */
import type { ReactElement } from 'react';

import { COMMAND_NAMES, type Command } from '../../commands';
import { hiddenBy, useBindings } from '../../keymap';
import { useT } from '../../messages';
import { Icon } from '../../shell/Icon';
import { MAX_CLASSES, nextClass, type NewClass } from './defaults';

/** On the grid these are the only commands. */
const OF_GRID: readonly Command[] = ['edit.undo', 'edit.redo', 'work.submit'];

/** A class key goes before a command that has it: said where it is set, so that nobody wonders later. */
function KeyWarnings({ classes, grid }: { classes: NewClass[]; grid: boolean }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const taken = classes.flatMap(({ key, name }) =>
    hiddenBy(key, bindings, grid ? OF_GRID : COMMAND_NAMES).map((command) => ({
      key,
      name,
      command: t(command),
    })),
  );
  return (
    <div role="status">
      {taken.map((values) => (
        <p key={values.key + values.command} className="notice warn small">
          {t('wizard.classKeyTaken', values)}
        </p>
      ))}
    </div>
  );
}

interface Props<T extends NewClass> {
  classes: T[];
  onChange: (classes: T[]) => void;
  make: (fresh: NewClass) => T;
  /** Classes that labels may already point at are not removed here. */
  fixed?: (item: T) => boolean;
  /** Classes are given on the grid of pictures, which has few commands. */
  grid: boolean;
}

export function ClassEditor<T extends NewClass>({
  classes,
  onChange,
  make,
  fixed,
  grid,
}: Props<T>): ReactElement {
  const t = useT();
  const set = (at: number, change: Partial<NewClass>): void =>
    onChange(classes.map((item, i) => (i === at ? { ...item, ...change } : item)));
  return (
    <div className="stack" role="group" aria-label={t('wizard.classes')} style={{ gap: 6 }}>
      {classes.map((item, i) => (
        <div className="class-row" key={i}>
          <input
            type="color"
            aria-label={t('wizard.classColor', { name: item.name || String(i + 1) })}
            value={item.color}
            onChange={(event) => set(i, { color: event.target.value })}
          />
          <input
            className="input"
            aria-label={t('wizard.className', { i: i + 1 })}
            placeholder={t('wizard.classPlaceholder')}
            maxLength={100}
            value={item.name}
            onChange={(event) => set(i, { name: event.target.value })}
          />
          <input
            className="input"
            aria-label={t('wizard.classKey', { name: item.name || String(i + 1) })}
            maxLength={1}
            value={item.key}
            onChange={(event) => set(i, { key: event.target.value.toLowerCase() })}
          />
          {fixed?.(item) ? (
            <span />
          ) : (
            <button
              type="button"
              className="btn quiet small"
              disabled={classes.length === 1}
              aria-label={t('wizard.classRemove', { name: item.name || String(i + 1) })}
              onClick={() => onChange(classes.filter((_, at) => at !== i))}
            >
              <Icon name="close" />
            </button>
          )}
        </div>
      ))}
      <KeyWarnings classes={classes} grid={grid} />
      <div>
        <button
          type="button"
          className="btn small"
          disabled={classes.length >= MAX_CLASSES}
          onClick={() => onChange([...classes, make(nextClass(classes))])}
        >
          <Icon name="plus" />
          {t('wizard.classAdd')}
        </button>
      </div>
    </div>
  );
}
