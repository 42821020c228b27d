/** What is reviewed, and the decisions. */
import type { ReactElement } from 'react';

import type { Sample } from '../../../api';
import { useT } from '../../messages';
import { percent } from '../../shell/format';
import type { Judging } from './useJudging';

interface Props {
  sample: Sample;
  judging: Judging;
}

export function ReviewBar({ sample, judging }: Props): ReactElement {
  const t = useT();
  const { answers, consensus, busy, decide, setDialog } = judging;
  return (
    <div className="row between wrap">
      <div>
        <h2>{sample.name}</h2>
        <p className="muted small">
          {t('review.answersAgreement', {
            n: answers.length,
            agreement: percent(sample.agreement),
          })}
          {sample.reason ? ` · ${sample.reason}` : ''}
        </p>
      </div>
      <div className="row wrap">
        <button
          type="button"
          className="btn primary"
          disabled={busy || !consensus}
          onClick={() => decide({ decision: 'accept' })}
        >
          {t('review.accept')} <kbd>A</kbd>
        </button>
        <button type="button" className="btn" disabled={busy} onClick={() => setDialog('start')}>
          {t('review.correct')} <kbd>C</kbd>
        </button>
        <button type="button" className="btn" disabled={busy} onClick={() => setDialog('send')}>
          {t('review.sendBack')} <kbd>S</kbd>
        </button>
      </div>
    </div>
  );
}

interface ToolProps {
  judging: Judging;
  /** There are outlines to hide. */
  outlined: boolean;
}

/** How the views look, and whether a click places a note. */
export function ViewBar({ judging, outlined }: ToolProps): ReactElement {
  const t = useT();
  const { hidden, setHidden, blind, setBlind, placing, setPlacing, scene, cell, noteHere } =
    judging;
  return (
    <div className="row wrap view-bar">
      <button
        type="button"
        className="btn small"
        aria-pressed={placing}
        onClick={() => setPlacing(!placing)}
      >
        {t('review.placeNote')} <kbd>N</kbd>
      </button>
      <button type="button" className="btn small" disabled={!cell} onClick={noteHere}>
        {t('review.noteHere')} <kbd>M</kbd>
      </button>
      <button type="button" className="btn small" onClick={() => scene.fit()}>
        {t('view.fit')} <kbd>0</kbd>
      </button>
      <button
        type="button"
        className="btn small"
        aria-label={t('view.zoomIn')}
        onClick={() => scene.zoomBy(1.3)}
      >
        +
      </button>
      <button
        type="button"
        className="btn small"
        aria-label={t('view.zoomOut')}
        onClick={() => scene.zoomBy(1 / 1.3)}
      >
        −
      </button>
      {outlined ? (
        <label className="row small">
          <input type="checkbox" checked={hidden} onChange={(e) => setHidden(e.target.checked)} />
          {t('review.hide')} <kbd>H</kbd>
        </label>
      ) : null}
      <label className="row small">
        <input type="checkbox" checked={blind} onChange={(e) => setBlind(e.target.checked)} />
        {t('review.blind')}
      </label>
    </div>
  );
}
