/** Says that an edit left cells in pieces, and offers what can be done about it. */
import type { ReactElement } from 'react';

import type { Session } from '../../engine/session';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

export function PiecesNotice({ session }: { session: Session }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const { pieces } = useSnapshot(session);
  return (
    <div role="status">
      {pieces ? (
        <div className="notice row wrap">
          <span>
            {pieces.labels.length === 1
              ? t('pieces.one', { label: pieces.labels[0]!, n: pieces.pieces })
              : t('pieces.many', { n: pieces.labels.length })}
          </span>
          <button type="button" className="btn small" onClick={() => session.pieces.keepLargest()}>
            {t('pieces.keepLargest')} <kbd>{keyLabel(bindings['cell.keepLargest'])}</kbd>
          </button>
          <button type="button" className="btn small" onClick={() => session.pieces.splitPieces()}>
            {t('pieces.splitPieces')} <kbd>{keyLabel(bindings['cell.splitPieces'])}</kbd>
          </button>
          <button type="button" className="btn small" onClick={() => session.pieces.accept()}>
            {t('pieces.accept')}
          </button>
        </div>
      ) : null}
    </div>
  );
}
