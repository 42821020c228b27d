/** Where the keyboard's cross-hair is and what lies there: read aloud, and seen under the picture. */
import type { ReactElement } from 'react';

import type { LabelClass } from '../../api';
import type { CursorState } from '../../engine/view/keyboardCursor';
import type { Session } from '../../engine/session';
import { useT, type Translate } from '../messages';
import { useSnapshot } from './useSession';

interface Props {
  session: Session;
  classes: readonly LabelClass[];
}

function contentOf(t: Translate, label: number, name: string | undefined): string {
  if (!label) return t('cursor.background');
  return name ? t('cursor.cellClass', { n: label, name }) : t('cursor.cell', { n: label });
}

export function CursorReadout({ session, classes }: Props): ReactElement {
  const t = useT();
  const { cursor } = useSnapshot(session);
  const textOf = ({ x, y, label, pressed }: CursorState): string => {
    const index = session.editor.classes.get(label);
    const name = classes.find((entry) => entry.index === index)?.name;
    return t(pressed ? 'cursor.pressed' : 'cursor.at', { x, y, what: contentOf(t, label, name) });
  };
  return (
    <span className="cursor-readout" role="status">
      {cursor ? textOf(cursor) : null}
    </span>
  );
}
