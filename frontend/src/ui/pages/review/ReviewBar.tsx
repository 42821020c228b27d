/** What is reviewed, and the decisions. */
import type { ReactElement } from 'react';

import type { Sample } from '../../../api';
import type { ReviewCommand } from '../../commands/review';
import { keyLabel, useBindings } from '../../keymap';
import { useT } from '../../messages';
import { percent } from '../../shell/format';
import type { Judging } from './useJudging';

/** The key of a command, where it has one. */
function Key({ of }: { of: ReviewCommand }): ReactElement | null {
  const label = keyLabel(useBindings()[of]);
  return label ? <kbd>{label}</kbd> : null;
}

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
          {t('review.accept')} <Key of="review.accept" />
        </button>
        <button type="button" className="btn" disabled={busy} onClick={() => setDialog('start')}>
          {t('review.correct')} <Key of="review.correct" />
        </button>
        <button type="button" className="btn" disabled={busy} onClick={() => setDialog('send')}>
          {t('review.sendBack')} <Key of="review.sendBack" />
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
  const { setDialog } = judging;
  return (
    <div className="row wrap view-bar">
      <button
        type="button"
        className="btn small"
        aria-pressed={placing}
        onClick={() => setPlacing(!placing)}
      >
        {t('review.placeNote')} <Key of="review.placeNote" />
      </button>
      <button type="button" className="btn small" disabled={!cell} onClick={noteHere}>
        {t('review.noteHere')} <Key of="review.noteHere" />
      </button>
      <button type="button" className="btn small" onClick={() => scene.fit()}>
        {t('review.fit')} <Key of="review.fit" />
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
          {t('review.hide')} <Key of="review.hide" />
        </label>
      ) : null}
      <label className="row small">
        <input type="checkbox" checked={blind} onChange={(e) => setBlind(e.target.checked)} />
        {t('review.blind')}
      </label>
      <button
        type="button"
        className="btn small"
        aria-label={t('review.help')}
        onClick={() => setDialog('help')}
      >
        ?
      </button>
    </div>
  );
}
