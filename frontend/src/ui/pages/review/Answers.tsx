/** The consensus and everybody's answer side by side; all views move together. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactElement } from 'react';

import {
  api,
  type Answer,
  type LabelClass,
  type Project,
  type ReviewNote,
  type Sample,
} from '../../../api';
import { parseColor } from '../../../engine/image/contrast';
import type { Rgb } from '../../../engine/renderer/palette';
import type { Pin } from '../../../engine/renderer/pins';
import { CLASS_COLORS } from '../../charts/colors';
import { useT } from '../../messages';
import { duration, number, percent } from '../../shell/format';
import { AnswerCard } from './AnswerCard';
import type { Judging } from './useJudging';
import type { DraftNote } from './useNotes';

const CONSENSUS_COLOR = '#ffd166';
const DISPUTED_COLOR = '#ff5a4f';
const CURRENT: Rgb = [255, 255, 255];

function rgbOf(hex: string): Rgb {
  const [r, g, b] = parseColor(hex);
  return [Math.round(r * 255), Math.round(g * 255), Math.round(b * 255)];
}

/** The pins of the notes in sight: those of this plane, on this answer or on all. */
function pinsOf(
  notes: readonly DraftNote[],
  annotation: string | null,
  slice: { t: number; z: number },
): Pin[] {
  return notes.flatMap((note, at) => {
    const here = note.t === slice.t && note.z === slice.z;
    const on = note.annotation === null || note.annotation === annotation;
    const pin = { x: note.x, y: note.y, text: String(at + 1), done: false, current: false };
    return here && on ? [pin] : [];
  });
}

/** Notes of earlier reviews: those that the annotator has not ticked want a look. */
function earlierPins(notes: readonly ReviewNote[], slice: { t: number; z: number }): Pin[] {
  const here = notes.filter(({ t, z }) => t === slice.t && z === slice.z);
  return here.map(({ x, y, done }) => ({ x, y, text: '!', done, current: false }));
}

/** What was noted on an answer before, in earlier reviews. */
function useEarlierNotes(annotation: string): readonly ReviewNote[] {
  const notes = useQuery({
    queryKey: ['notes', annotation],
    queryFn: ({ signal }) =>
      api.get<ReviewNote[]>(`annotations/${annotation}/notes`, undefined, signal),
  });
  return notes.data ?? NO_NOTES;
}

/** The classes of a whole picture: one, or several where the project allows it. */
function classesAmong(
  project: Project,
  only: number | null,
  several: readonly number[],
): LabelClass[] {
  return project.classes.filter(({ index }) =>
    project.multi_label ? several.includes(index) : index === only,
  );
}

const NO_NOTES: readonly ReviewNote[] = [];

interface Props {
  project: Project;
  sample: Sample;
  judging: Judging;
  slice: { t: number; z: number };
}

export function Answers({ project, sample, judging, slice }: Props): ReactElement {
  const { answers, consensus } = judging;
  return (
    <div className="answers">
      {consensus ? (
        <ConsensusCard project={project} sample={sample} judging={judging} slice={slice} />
      ) : null}
      {answers.map((answer, at) => (
        <PersonCard
          key={answer.annotation}
          project={project}
          sample={sample}
          judging={judging}
          slice={slice}
          answer={answer}
          at={at}
        />
      ))}
    </div>
  );
}

/** The ring round the disputed cell, in the plane where it lies. */
function useTarget({ cell }: Judging, slice: Props['slice']): Judging['cell'] {
  return cell && cell.t === slice.t && cell.z === slice.z ? cell : null;
}

function ConsensusCard({ project, sample, judging, slice }: Props): ReactElement | null {
  const t = useT();
  const { consensus, scene, hidden, placing, placeNote, notes } = judging;
  const isClassification = project.task_kind === 'classification';
  const colorOf = useMemo(() => {
    const disputed = new Set(consensus?.disputed);
    const [calm, hot] = [rgbOf(CONSENSUS_COLOR), rgbOf(DISPUTED_COLOR)];
    return (label: number): Rgb => (disputed.has(label) ? hot : calm);
  }, [consensus]);
  const pins = useMemo(() => pinsOf(notes.list, null, slice), [notes.list, slice]);
  const target = useTarget(judging, slice);
  if (!consensus) return null;
  return (
    <AnswerCard
      title={t('review.consensus')}
      hint={t('review.consensusHint', {
        n: consensus.objects.length,
        disputed: consensus.disputed.length,
        agreement: percent(consensus.agreement),
      })}
      scene={scene}
      {...(isClassification ? {} : { labels: `samples/${sample.id}/consensus/labels` })}
      outline={CONSENSUS_COLOR}
      colorOf={colorOf}
      hidden={hidden}
      pins={pins}
      target={target}
      placing={placing}
      onPick={(point) => placing && placeNote(null, point, 0)}
      classes={
        isClassification
          ? classesAmong(project, consensus.class_index, Object.values(consensus.object_classes))
          : undefined
      }
      chosen={false}
    >
      {consensus.disputed.length > 0 && !isClassification ? (
        <span className="row small nowrap">
          <i className="swatch" style={{ background: DISPUTED_COLOR }} />
          {t('review.disputed')}
        </span>
      ) : null}
    </AnswerCard>
  );
}

interface PersonProps extends Props {
  answer: Answer;
  at: number;
}

function PersonCard(props: PersonProps): ReactElement {
  const { project, sample, judging, slice, answer, at } = props;
  const t = useT();
  const { scene, hidden, placing, placeNote, notes, cell, chosen, choose } = judging;
  const { annotation } = answer;
  const isClassification = project.task_kind === 'classification';
  const outline = CLASS_COLORS[(at + 5) % CLASS_COLORS.length] ?? CONSENSUS_COLOR;
  const current = cell?.answers.find((entry) => entry.annotation === annotation)?.object;
  const colorOf = useMemo(() => {
    const own = rgbOf(outline);
    return (label: number): Rgb => (label === current ? CURRENT : own);
  }, [outline, current]);
  const earlier = useEarlierNotes(annotation);
  const pins = useMemo(
    () => [...earlierPins(earlier, slice), ...pinsOf(notes.list, annotation, slice)],
    [notes.list, annotation, slice, earlier],
  );
  const effort = t('review.answerHint', {
    n: number(answer.objects),
    seconds: duration(answer.seconds),
  });
  const done = earlier.filter((note) => note.done).length;
  const ticked = t('review.notesDone', { done, n: earlier.length });
  const target = useTarget(judging, slice);
  return (
    <AnswerCard
      title={judging.nameOf(annotation)}
      hint={earlier.length > 0 ? `${effort} · ${ticked}` : effort}
      scene={scene}
      {...(isClassification ? {} : { labels: `samples/${sample.id}/answers/${annotation}/labels` })}
      outline={outline}
      colorOf={colorOf}
      hidden={hidden}
      pins={pins}
      target={target}
      placing={placing}
      onPick={(point, label) => placing && placeNote(annotation, point, label)}
      classes={
        isClassification ? classesAmong(project, answer.class_index, answer.classes) : undefined
      }
      chosen={chosen?.annotation === annotation}
      onChoose={() => choose(at)}
    >
      <button
        type="button"
        className="btn small"
        disabled={judging.busy}
        onClick={() => judging.decide({ decision: 'accept_answer', annotation })}
      >
        {t('review.acceptThis')} <kbd>{at + 1}</kbd>
      </button>
    </AnswerCard>
  );
}
