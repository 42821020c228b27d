/** Send a sample back with a note to the annotators. */
import { useState, type ReactElement } from 'react';

import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { Field } from '../../shell/forms';

interface Props {
  onSend: (note: string) => void;
  onClose: () => void;
}

export function SendBack({ onSend, onClose }: Props): ReactElement {
  const t = useT();
  const [note, setNote] = useState('');
  return (
    <Dialog title={t('review.sendBack')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onSend(note);
        }}
      >
        <p className="muted">{t('review.sendBackText')}</p>
        <Field label={t('review.note')}>
          <textarea
            className="input"
            autoFocus
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Field>
        <div className="row">
          <button type="submit" className="btn primary">
            {t('review.sendBack')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
