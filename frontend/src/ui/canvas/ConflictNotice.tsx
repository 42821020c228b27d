/** Edits from elsewhere touch the same as ours: look at each side on the picture, and keep one. */
import type { ReactElement } from 'react';

import type { Side } from '../../engine/sync/recovery';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

const SIDES: readonly Side[] = ['theirs', 'mine', 'both'];

export function ConflictNotice({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const { question } = useSnapshot(session);
  if (!question) return null;
  const { shown, cells, pixels } = question;
  return (
    <div className="notice warn stack" role="alert">
      <strong>{t('conflict.title')}</strong>
      <p>{t('conflict.text', { cells, pixels })}</p>
      <div className="row">
        <div className="segments" role="group" aria-label={t('conflict.show')}>
          <span>
            {SIDES.map((side) => (
              <button
                key={side}
                type="button"
                className="segment"
                aria-pressed={shown === side}
                onClick={() => session.showSide(side)}
              >
                {t(`conflict.${side}`)}
              </button>
            ))}
          </span>
        </div>
        <button
          type="button"
          className="btn small primary"
          onClick={() => void session.keepSide(shown)}
        >
          {t('conflict.keep')}
        </button>
      </div>
    </div>
  );
}
