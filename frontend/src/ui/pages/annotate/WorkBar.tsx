/** The bar above the picture: which one, what is saved, undo and redo, skip, submit. */
import type { ReactElement } from 'react';

import type { Session } from '../../../engine/session';
import { SaveState } from '../../canvas/SaveState';
import { UndoRedo } from '../../canvas/UndoRedo';
import { useSnapshot } from '../../canvas/useSession';
import { keyLabel, useBindings } from '../../keymap';
import { useT } from '../../messages';
import type { Course } from './useTask';

interface Props {
  session: Session;
  course: Course;
  name: string;
  isCorrection: boolean;
  /** Null where nothing may be skipped. */
  onSkip: (() => void) | null;
  onHelp: () => void;
  onPalette: () => void;
}

export function WorkBar(props: Props): ReactElement {
  const { session, course, name, isCorrection, onSkip, onHelp, onPalette } = props;
  const t = useT();
  const bindings = useBindings();
  const snapshot = useSnapshot(session);
  const waits = course.submitting && snapshot.save !== 'saved';
  const label = course.submitting
    ? t(waits ? 'work.waiting' : 'work.submitting')
    : t(isCorrection ? 'work.submitCorrection' : 'work.submitShort');
  return (
    <div className="work-bar">
      <span className="name truncate" title={name}>
        {name}
      </span>
      <SaveState state={snapshot} />
      <span className="spacer" />
      {course.done > 0 ? (
        <span className="muted small nowrap">{t('work.done', { n: course.done })}</span>
      ) : null}
      <UndoRedo steps={snapshot} on={session} />
      <button type="button" className="btn small" title={t('work.palette')} onClick={onPalette}>
        {t('palette.title')} <kbd>{keyLabel(bindings['work.palette'])}</kbd>
      </button>
      <button type="button" className="btn small" aria-label={t('work.help')} onClick={onHelp}>
        ?
      </button>
      {onSkip ? (
        <button type="button" className="btn small" disabled={course.submitting} onClick={onSkip}>
          {t('work.skipShort')} <kbd>{keyLabel(bindings['work.skip'])}</kbd>
        </button>
      ) : null}
      <button
        type="button"
        className="btn primary small"
        disabled={
          course.submitting || snapshot.loading || snapshot.otherTab || snapshot.question !== null
        }
        title={keyLabel(bindings['work.submit'])}
        onClick={() => void course.submit()}
      >
        {label} <kbd>{keyLabel(bindings['work.submit'])}</kbd>
      </button>
    </div>
  );
}
