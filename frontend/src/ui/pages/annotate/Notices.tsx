/** What the annotator must know now, over the picture; and short hints of the tools. */
import { useEffect, useState, type ReactElement } from 'react';

import type { Session } from '../../../engine/session';
import { ConflictNotice } from '../../canvas/ConflictNotice';
import { PiecesNotice } from '../../canvas/PiecesNotice';
import { useSnapshot } from '../../canvas/useSession';
import { useT } from '../../messages';
import { useErrorText } from '../../shell/forms';
import type { Course } from './useTask';

const HINT_MS = 4500;

export function Notices({ session, course }: { session: Session; course: Course }): ReactElement {
  const t = useT();
  const errorText = useErrorText();
  const { otherTab } = useSnapshot(session);
  return (
    <div className="work-notices">
      {otherTab ? (
        <div className="notice warn row" role="alert">
          <span>{t('tab.other')}</span>
          <button type="button" className="btn small" onClick={() => void session.takeOver()}>
            {t('tab.take')}
          </button>
        </div>
      ) : null}
      <ConflictNotice session={session} />
      <PiecesNotice session={session} />
      {course.lease === 'lost' ? (
        <p className="notice warn" role="alert">
          {t('lease.lost')}
        </p>
      ) : null}
      {course.problem ? (
        <p className="notice bad" role="alert">
          {errorText(course.problem)}
        </p>
      ) : null}
      {course.extra ? <p className="notice">{t('lease.extra')}</p> : null}
      {course.late > 0 ? <p className="notice">{t('save.late', { n: course.late })}</p> : null}
    </div>
  );
}

export function Hint({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { note } = useSnapshot(session);
  const [gone, setGone] = useState(0);
  const serial = note?.serial ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => setGone(serial), HINT_MS);
    return () => clearTimeout(timer);
  }, [serial]);
  const shown = note && gone !== serial;
  return (
    <div role="status" aria-live="polite">
      {shown ? <p className="work-hint">{t(`hint.${note.code}`, note.values)}</p> : null}
    </div>
  );
}
