/** Why a picture is skipped. */
import { useState, type ReactElement } from 'react';

import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';

const REASONS = [
  'skip.unclear',
  'skip.blurred',
  'skip.empty',
  'skip.broken',
  'skip.other',
] as const;

interface Props {
  onSkip: (why: string) => void;
  onClose: () => void;
}

export function SkipDialog({ onSkip, onClose }: Props): ReactElement {
  const t = useT();
  const [reason, setReason] = useState<(typeof REASONS)[number]>('skip.unclear');
  const [text, setText] = useState('');
  const why = reason === 'skip.other' && text.trim() ? text.trim() : t(reason);
  return (
    <Dialog title={t('skip.title')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onSkip(why);
        }}
      >
        <p className="muted">{t('skip.text')}</p>
        <fieldset className="skip-reasons">
          <legend>{t('skip.why')}</legend>
          {REASONS.map((key) => (
            <label key={key} className="row">
              <input
                type="radio"
                name="why"
                checked={reason === key}
                onChange={() => setReason(key)}
              />
              {t(key)}
            </label>
          ))}
          <input
            className="input"
            aria-label={t('skip.other')}
            value={text}
            maxLength={300}
            disabled={reason !== 'skip.other'}
            onChange={(event) => setText(event.target.value)}
          />
        </fieldset>
        <div className="row">
          <button type="submit" className="btn primary">
            {t('skip.do')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
