/** All that a reviewer does with one sample: what is looked at, what is chosen, notes, keys and decisions. */
import { useState } from 'react';

import type { Answer, CellAgreement, Consensus, Image, Project, Sample } from '../../../api';
import type { ChannelHistogram } from '../../../engine/image/contrast';
import type { Scene } from '../../../engine/review/scene';
import type { Point } from '../../../engine/geometry';
import type { ReviewCommand } from '../../commands/review';
import type { ReviewAction } from './keys';
import { useBlind, useNames } from './people';
import { useCells, type Cells } from './useCells';
import { useNotes, type DraftNote, type DraftNotes } from './useNotes';
import { useReview, type ReviewActions } from './useReview';
import { useReviewKeys } from './useReviewKeys';
import { useScene } from './useScene';

export interface Judged {
  project: Project;
  sample: Sample;
  image: Image;
  histogram: readonly ChannelHistogram[];
  answers: Answer[];
  consensus: Consensus | null;
  agreement: CellAgreement | null;
  onMove: (by: 1 | -1) => void;
  onDecided: () => void;
}

export type ReviewDialog = 'send' | 'start' | 'help' | null;

export interface Judging extends Pick<Judged, 'answers' | 'consensus'>, Cells, ReviewActions {
  scene: Scene;
  hidden: boolean;
  setHidden: (hidden: boolean) => void;
  blind: boolean;
  setBlind: (blind: boolean) => void;
  nameOf: (annotation: string) => string;
  dialog: ReviewDialog;
  setDialog: (dialog: ReviewDialog) => void;
  /** The answer that was chosen. */
  chosen: Answer | undefined;
  choose: (at: number) => void;
  /** A click on a picture places a note. */
  placing: boolean;
  setPlacing: (placing: boolean) => void;
  notes: DraftNotes;
  goToNote: (note: DraftNote) => void;
  /** Place a note on an answer, or on all for null. */
  placeNote: (annotation: string | null, point: Point, label: number) => void;
  /** Place a note on the disputed cell: for the chosen answer, else for all. */
  noteHere: () => void;
}

/** A note is shown with as much around it as a cell of so many pixels. */
const NOTE_AREA = 400;

export function useJudging(judged: Judged): Judging {
  const { project, sample, image, histogram, answers, consensus, agreement, onMove, onDecided } =
    judged;
  const scene = useScene(image, sample.region, histogram);
  const [hidden, setHidden] = useState(false);
  const [blind, setBlind] = useBlind();
  const [placing, setPlacing] = useState(false);
  const [dialog, setDialog] = useState<ReviewDialog>(null);
  const [chosenAt, choose] = useState<number | null>(null);
  const cells = useCells(agreement, scene);
  const notes = useNotes(sample.id);
  const nameOf = useNames(answers, blind);
  const actions = useReview(project, sample, { onDecided, onSentBack: notes.clear });
  const chosen = chosenAt === null ? undefined : answers[chosenAt];

  const placeNote = (annotation: string | null, { x, y }: Point, label: number): void => {
    const { slice } = scene.snapshot();
    notes.add({ annotation, ...slice, x, y, object: annotation && label ? label : null });
    setPlacing(false);
  };
  const noteHere = (): void => {
    if (!cells.cell) return;
    const own = cells.cell.answers.find((entry) => entry.annotation === chosen?.annotation);
    placeNote(chosen?.annotation ?? null, cells.cell, own?.object ?? 0);
  };
  const goToNote = (note: DraftNote): void => scene.focus(note, note, NOTE_AREA);

  const judging: Judging = {
    ...{ answers, consensus, scene, hidden, setHidden, blind, setBlind, nameOf, dialog, setDialog },
    ...{ chosen, choose, placing, setPlacing, notes, goToNote, placeNote, noteHere },
    ...cells,
    ...actions,
  };
  useReviewKeys((action) => act(action, judging, { onMove }));
  return judging;
}

interface Page {
  onMove: (by: 1 | -1) => void;
}

const ZOOM_STEP = 1.3;

/** What each command does. */
const ACTS: Record<ReviewCommand, (judging: Judging, page: Page) => void> = {
  'review.accept': ({ consensus, busy, decide }) => {
    if (consensus && !busy) decide({ decision: 'accept' });
  },
  'review.acceptChosen': ({ chosen, busy, decide }) => {
    if (chosen && !busy) decide({ decision: 'accept_answer', annotation: chosen.annotation });
  },
  'review.correct': ({ setDialog }) => setDialog('start'),
  'review.sendBack': ({ setDialog }) => setDialog('send'),
  'review.hide': ({ hidden, setHidden }) => setHidden(!hidden),
  'review.placeNote': ({ placing, setPlacing }) => setPlacing(!placing),
  'review.noteHere': ({ noteHere }) => noteHere(),
  'review.nextCell': ({ stepCell }) => stepCell(1),
  'review.previousCell': ({ stepCell }) => stepCell(-1),
  'review.nextSample': (_, { onMove }) => onMove(1),
  'review.previousSample': (_, { onMove }) => onMove(-1),
  'review.fit': ({ scene }) => scene.fit(),
  'review.zoomIn': ({ scene }) => scene.zoomBy(ZOOM_STEP),
  'review.zoomOut': ({ scene }) => scene.zoomBy(1 / ZOOM_STEP),
  'review.help': ({ setDialog }) => setDialog('help'),
};

function act(action: ReviewAction, judging: Judging, page: Page): void {
  if (typeof action === 'string') ACTS[action](judging, page);
  else if (action.choose < judging.answers.length) judging.choose(action.choose);
}
