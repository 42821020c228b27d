/** What a correction starts from; and what becomes of one that was begun from something else. */
import { useState, type ReactElement } from 'react';

import { api, ApiProblem, type Answer, type Id } from '../../../api';
import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { FormError } from '../../shell/forms';

export type Start =
  { start: 'consensus' | 'ground_truth' } | { start: 'answer'; annotation: string };

interface Props {
  sample: Id;
  answers: readonly Answer[];
  hasConsensus: boolean;
  hasTruth: boolean;
  /** The answer that was chosen on the page. */
  chosen: string | undefined;
  nameOf: (annotation: string) => string;
  onOpened: () => void;
  onClose: () => void;
}

interface Choice {
  key: string;
  name: string;
  start: Start;
}

function useChoices({ answers, hasConsensus, hasTruth, nameOf }: Props): Choice[] {
  const t = useT();
  const choices: Choice[] = answers.map(({ annotation }) => ({
    key: annotation,
    name: t('review.startAnswer', { name: nameOf(annotation) }),
    start: { start: 'answer', annotation },
  }));
  if (hasConsensus) {
    const name = t('review.consensus');
    choices.unshift({ key: 'consensus', name, start: { start: 'consensus' } });
  }
  if (hasTruth) {
    const name = t('review.startTruth');
    choices.unshift({ key: 'truth', name, start: { start: 'ground_truth' } });
  }
  return choices;
}

export function StartDialog(props: Props): ReactElement {
  const { sample, chosen, onOpened, onClose } = props;
  const t = useT();
  const choices = useChoices(props);
  const [key, setKey] = useState(chosen ?? choices[0]?.key);
  const [begun, setBegun] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const start = choices.find((choice) => choice.key === key)?.start;

  const open = async (anew: boolean): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await api.post(`samples/${sample}/correct`, { ...start, anew });
      onOpened();
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      if (problem.code === 'correction_begun') setBegun(Number(problem.extra['operations']));
      else setError(problem);
    } finally {
      setBusy(false);
    }
  };

  if (begun !== null) {
    return (
      <Dialog title={t('review.begunTitle')} onClose={onClose}>
        <div className="stack">
          <p>{t('review.begunText', { n: begun })}</p>
          <div className="row">
            <button type="button" className="btn primary" autoFocus onClick={onOpened}>
              {t('review.begunGoOn')}
            </button>
            <button type="button" className="btn" disabled={busy} onClick={() => void open(true)}>
              {t('review.begunAnew')}
            </button>
          </div>
          <FormError error={error} />
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t('review.startTitle')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void open(false);
        }}
      >
        <fieldset className="plain-fieldset">
          <legend className="muted">{t('review.startText')}</legend>
          {choices.map((choice) => (
            <label key={choice.key} className="row">
              <input
                type="radio"
                name="start"
                autoFocus={choice.key === key}
                checked={choice.key === key}
                onChange={() => setKey(choice.key)}
              />
              {choice.name}
            </label>
          ))}
        </fieldset>
        <FormError error={error} />
        <div className="row">
          <button type="submit" className="btn primary" disabled={busy}>
            {t('review.correct')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
