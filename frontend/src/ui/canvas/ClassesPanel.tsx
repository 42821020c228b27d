/** The classes with their keys and how many cells have them; a click or key gives one. */
import type { ReactElement } from 'react';

import type { LabelClass } from '../../api';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

interface Props {
  session: Session;
  classes: readonly LabelClass[];
}

export function ClassesPanel({ session, classes }: Props): ReactElement | null {
  const t = useT();
  const { activeClass, selectedClass, selected, classCounts } = useSnapshot(session);
  if (classes.length === 0) return null;
  const current = selected ? selectedClass : activeClass;
  // With one class every cell has it, said or not.
  const without = classes.length > 1 ? (classCounts.get(0) ?? 0) : 0;
  const countOf = (index: number): number =>
    (classCounts.get(index) ?? 0) + (classes.length === 1 ? (classCounts.get(0) ?? 0) : 0);
  return (
    <Panel id="classes" title={t('panel.classes')}>
      <div className="class-list">
        {classes.map((entry) => (
          <button
            key={entry.index}
            type="button"
            className="class-button"
            aria-pressed={current === entry.index}
            onClick={() => session.toolbox.chooseClass(entry.index)}
          >
            <span className="swatch" style={{ background: entry.color }} />
            <span className="grow truncate">{entry.name}</span>
            <span className="muted small">{countOf(entry.index)}</span>
            {entry.key ? <kbd>{entry.key}</kbd> : null}
          </button>
        ))}
        {without > 0 ? (
          <p className="class-none muted small">
            <span className="grow">? {t('panel.noClass')}</span>
            <span>{without}</span>
          </p>
        ) : null}
      </div>
      {classes.length > 1 ? <p className="muted small">{t('panel.classHint')}</p> : null}
    </Panel>
  );
}
