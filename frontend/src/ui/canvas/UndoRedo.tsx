/** The pair of buttons that take a step back and do it again, of the canvas and the grid. */
import type { ReactElement } from 'react';

import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';

interface Props {
  steps: { canUndo: boolean; canRedo: boolean };
  on: { undo: () => void; redo: () => void };
}

export function UndoRedo({ steps, on }: Props): ReactElement {
  const t = useT();
  const bindings = useBindings();
  return (
    <>
      <button
        type="button"
        className="btn small"
        disabled={!steps.canUndo}
        title={keyLabel(bindings['edit.undo'])}
        onClick={() => on.undo()}
      >
        {t('edit.undo')}
      </button>
      <button
        type="button"
        className="btn small"
        disabled={!steps.canRedo}
        title={keyLabel(bindings['edit.redo'])}
        onClick={() => on.redo()}
      >
        {t('edit.redo')}
      </button>
    </>
  );
}
