/** One sample under review: consensus and answers side by side, and the decision. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';

import {
  api,
  ApiProblem,
  fetchAll,
  type Answer,
  type Consensus,
  type Image,
  type Project,
  type Sample,
} from '../../../api';
import { CLASS_COLORS } from '../../charts/colors';
import { useT } from '../../messages';
import { duration, number, percent, personName } from '../../shell/format';
import { useImage } from '../../shell/queries';
import { Loaded } from '../../shell/states';
import { AnswerCard } from './AnswerCard';
import { reviewAction } from './keys';
import { colorOf } from './plane';
import { SendBack } from './SendBack';
import { useReview } from './useReview';

const CONSENSUS_COLOR = '#ffd166';
const DISPUTED_COLOR = '#ff5a4f';

interface Props {
  project: Project;
  sample: Sample;
  onMove: (by: 1 | -1) => void;
  onDecided: () => void;
}

interface BodyProps extends Props {
  answers: Answer[];
  consensus: Consensus | null;
  image: Image;
}

function Body(props: BodyProps): ReactElement {
  const { project, sample, answers, consensus, image, onMove, onDecided } = props;
  const t = useT();
  const [chosen, setChosen] = useState<number | null>(null);
  const [hidden, setHidden] = useState(false);
  const [returning, setReturning] = useState(false);
  const { busy, decide, correct } = useReview(project, sample, onDecided);
  const classification = project.task_kind === 'classification';
  const classOf = (index: number | null) => project.classes.find((item) => item.index === index);
  const colorFor = useMemo(() => {
    const disputed = new Set(consensus?.disputed);
    return (label: number) => colorOf(disputed.has(label) ? DISPUTED_COLOR : CONSENSUS_COLOR);
  }, [consensus]);
  const answer = chosen === null ? undefined : answers[chosen];

  const onKey = useCallback(
    (event: KeyboardEvent) => {
      const action = reviewAction(event);
      if (!action || busy) return;
      event.preventDefault();
      if (action.kind === 'accept' && consensus) decide({ decision: 'accept' });
      if (action.kind === 'acceptAnswer' && answer) {
        decide({ decision: 'accept_answer', annotation: answer.annotation });
      }
      if (action.kind === 'correct') correct();
      if (action.kind === 'sendBack') setReturning(true);
      if (action.kind === 'hide') setHidden((now) => !now);
      if (action.kind === 'move') onMove(action.by);
      if (action.kind === 'choose' && action.at < answers.length) setChosen(action.at);
    },
    [answer, answers.length, busy, consensus, correct, decide, onMove],
  );
  // The handler is replaced in place, so that no key is lost between two renders.
  const handler = useRef(onKey);
  useEffect(() => {
    handler.current = onKey;
  }, [onKey]);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => handler.current(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  return (
    <div className="stack">
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
          <button type="button" className="btn" disabled={busy} onClick={correct}>
            {t('review.correct')} <kbd>C</kbd>
          </button>
          <button type="button" className="btn" disabled={busy} onClick={() => setReturning(true)}>
            {t('review.sendBack')} <kbd>S</kbd>
          </button>
          <label className="row small">
            <input type="checkbox" checked={hidden} onChange={(e) => setHidden(e.target.checked)} />
            {t('review.hide')} <kbd>H</kbd>
          </label>
        </div>
      </div>
      <div className="answers">
        {consensus ? (
          <AnswerCard
            title={t('review.consensus')}
            hint={t('review.consensusHint', {
              n: consensus.objects.length,
              disputed: consensus.disputed.length,
              agreement: percent(consensus.agreement),
            })}
            image={image}
            region={sample.region}
            labels={classification ? undefined : `samples/${sample.id}/consensus/labels`}
            outline={CONSENSUS_COLOR}
            colorFor={colorFor}
            hidden={hidden}
            label={classification ? classOf(consensus.class_index) : undefined}
            chosen={false}
          >
            {consensus.disputed.length > 0 && !classification ? (
              <span className="row small nowrap">
                <i className="swatch" style={{ background: DISPUTED_COLOR }} />
                {t('review.disputed')}
              </span>
            ) : null}
          </AnswerCard>
        ) : null}
        {answers.map((item, i) => (
          <AnswerCard
            key={item.annotation}
            title={personName(item.user)}
            hint={t('review.answerHint', {
              n: number(item.objects),
              seconds: duration(item.seconds),
            })}
            image={image}
            region={sample.region}
            labels={
              classification ? undefined : `samples/${sample.id}/answers/${item.annotation}/labels`
            }
            outline={CLASS_COLORS[(i + 5) % CLASS_COLORS.length] ?? CONSENSUS_COLOR}
            hidden={hidden}
            label={classification ? classOf(item.class_index) : undefined}
            chosen={chosen === i}
            onChoose={() => setChosen(i)}
          >
            <button
              type="button"
              className="btn small"
              disabled={busy}
              onClick={() => decide({ decision: 'accept_answer', annotation: item.annotation })}
            >
              {t('review.acceptThis')} <kbd>{i + 1}</kbd>
            </button>
          </AnswerCard>
        ))}
      </div>
      <p className="muted small">{t('review.keys')}</p>
      {returning ? (
        <SendBack
          onClose={() => setReturning(false)}
          onSend={(note) => {
            setReturning(false);
            decide({ decision: 'send_back', note });
          }}
        />
      ) : null}
    </div>
  );
}

/** The consensus, or null while there is none (answers that nobody fused yet). */
async function loadConsensus(sample: number): Promise<Consensus | null> {
  try {
    return await api.get<Consensus>(`samples/${sample}/consensus`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

export function ReviewSample(props: Props): ReactElement {
  const { sample } = props;
  const answers = useQuery({
    queryKey: ['answers', sample.id],
    queryFn: ({ signal }) => fetchAll<Answer>(`samples/${sample.id}/answers`, {}, 100, signal),
  });
  const consensus = useQuery({
    queryKey: ['consensus', sample.id],
    queryFn: () => loadConsensus(sample.id),
  });
  const image = useImage(sample.image);
  return (
    <Loaded query={image} lines={5}>
      {(picture) => (
        <Loaded query={answers}>
          {(list) => (
            <Loaded query={consensus}>
              {(agreed) => <Body {...props} answers={list} consensus={agreed} image={picture} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}
