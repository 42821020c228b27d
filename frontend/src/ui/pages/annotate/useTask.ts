/** The annotator's course: claim a sample, work on it, hand it in or skip it, and on to the next. */
import { useCallback, useEffect, useRef, useState } from 'react';

import { ApiProblem, type Coded, type LabelClass } from '../../../api';
import { Effort, effortStoreOf } from '../../../engine/sync/effort';
import { Lease, type LeaseState } from '../../../engine/sync/lease';
import { MarkKeeper } from '../../../engine/sync/markKeeper';
import { NextImage } from '../../../engine/image/nextImage';
import { proposalSource, reviewSources } from '../../../engine/overlays/sources';
import { askServer, Outliner } from '../../../engine/tools/outliner';
import { Session, type Habits } from '../../../engine/session';
import { sendLeftovers } from '../../../engine/sync/sync';
import {
  claimCorrection,
  claimNext,
  loadHistogram,
  loadNotes,
  patiently,
  skipSample,
  storedVersion,
  submitAnswer,
  type Item,
} from '../../../engine/sync/tasks';
import { httpTransport } from '../../../engine/sync/transport';
import { looks, openOutbox } from '../keeping';
import type { Place } from './place';

/** What is being worked on. */
export interface Task {
  item: Item;
  session: Session;
  effort: Effort;
  lease: Lease | null;
  /** Sends what waits, and stops. */
  stopMarks: () => void;
}

export type Phase =
  | { kind: 'loading' }
  | { kind: 'empty'; reason: Coded }
  | { kind: 'failed'; error: unknown }
  | { kind: 'working'; task: Task };

export interface Course {
  phase: Phase;
  lease: LeaseState;
  /** Answers given since the page was opened. */
  done: number;
  submitting: boolean;
  /** The last answer was stored as an extra vote. */
  extra: boolean;
  /** Operations of earlier visits that came too late. */
  late: number;
  problem: unknown;
  submit: () => Promise<void>;
  skip: (why: string) => Promise<void>;
  again: () => void;
}

const nextImage = new NextImage();

/** Layers that could not be listed are left out: the correction goes on without them. */
async function addReviewLayers(session: Session, sample: number): Promise<void> {
  try {
    session.labelView.layers.add(await reviewSources(sample));
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
}

async function openTask(
  item: Item,
  classes: LabelClass[],
  habits: Habits | undefined,
  leaseChanged: (lease: Lease) => void,
): Promise<Task> {
  const effort = new Effort(undefined, effortStoreOf(item.annotation.id));
  const { id, dataset } = item.image;
  const prepared = nextImage.take(id);
  const [histogram, look, box] = await Promise.all([
    prepared?.histogram ?? loadHistogram(id),
    looks.load(dataset),
    openOutbox(),
  ]);
  const marks = new MarkKeeper(item.annotation.id);
  const session = new Session(
    {
      marks: item.annotation.marks ?? { seen: [], confirmed: [] },
      image: item.image,
      sample: item.sample,
      annotation: item.annotation.id,
      objectClasses: item.annotation.object_classes,
      classes,
      histogram,
      proposed: item.proposal?.objects ?? [],
      layers: item.proposal ? [proposalSource(item.sample.id, item.proposal.objects)] : [],
      habits,
      look,
    },
    {
      ...{ outbox: box, transport: httpTransport, zarr: prepared?.zarr },
      active: () => effort.touch(),
      keepMarks: (added) => marks.keep(added),
      keepLook: (changed) => looks.keep(dataset, changed),
    },
  );
  const { editor, display } = session;
  editor.outliner = new Outliner(askServer(item.sample.id), () => display.channels.only);
  const lease = item.assignment && new Lease(item.assignment, () => leaseChanged(lease!));
  lease?.start();
  // Only a correction shows other people's answers: votes are given without them.
  if (!item.assignment) void addReviewLayers(session, item.sample.id);
  return { item, session, effort, lease, stopMarks: marks.watchLeaving() };
}

/** Notes are a help: a server that has none must not end the work. */
async function showNotes({ item, session }: Task): Promise<void> {
  try {
    session.notes.set(await loadNotes(item.annotation.id));
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
}

async function lookAt({ editor, navigator }: Session, place: Place): Promise<void> {
  await navigator.lookAt(place.slice, place);
  if (place.object > 0) editor.select(place.object);
}

function close(task: Task | null): void {
  task?.lease?.stop();
  task?.stopMarks();
  task?.session.dispose();
}

interface Options {
  projectId: number;
  classes: LabelClass[];
  /** A reviewer corrects this sample, instead of taking the next. */
  sampleId?: number | undefined;
  /** What the sample is opened at; the whole of it without. */
  place?: Place | null;
  /** A correction was submitted. */
  onCorrected: () => void;
}

export function useTask({
  projectId,
  classes,
  sampleId,
  place = null,
  onCorrected,
}: Options): Course {
  const [phase, setPhase] = useState<Phase>({ kind: 'loading' });
  const [lease, setLease] = useState<LeaseState>('held');
  const [done, setDone] = useState(0);
  const [submitting, setSubmitting] = useState(false);
  const [extra, setExtra] = useState(false);
  const [late, setLate] = useState(0);
  const [problem, setProblem] = useState<unknown>(null);
  const current = useRef<Task | null>(null);
  const habits = useRef<Habits | undefined>(undefined);
  /** Counts the loads: an answer that comes after a newer load began is not shown. */
  const round = useRef({ number: 0 }).current;
  // A change of the project's classes is for the next sample: it must not end the work on this one.
  const newestClasses = useRef(classes);
  useEffect(() => {
    newestClasses.current = classes;
  }, [classes]);

  const opensAt = useRef(place);

  const load = useCallback(async () => {
    const mine = ++round.number;
    habits.current = current.current?.session.habits ?? habits.current;
    close(current.current);
    current.current = null;
    setPhase({ kind: 'loading' });
    setLease('held');
    setProblem(null);
    try {
      const claimed = sampleId ? await claimCorrection(sampleId) : await claimNext(projectId);
      if (mine !== round.number) return;
      if ('empty' in claimed) {
        setPhase({ kind: 'empty', reason: claimed.empty });
        return;
      }
      const task = await openTask(claimed.item, newestClasses.current, habits.current, (changed) =>
        setLease(changed.state),
      );
      if (mine !== round.number) {
        close(task);
        return;
      }
      current.current = task;
      setPhase({ kind: 'working', task });
      await patiently(() => task.session.open());
      if (opensAt.current) await lookAt(task.session, opensAt.current);
      if (task.item.assignment) void showNotes(task);
      if (!sampleId) nextImage.prepareSoon(projectId);
      const leftovers = await sendLeftovers(await openOutbox(), httpTransport, storedVersion, [
        task.item.annotation.id,
      ]);
      setLate((count) => count + leftovers);
    } catch (error) {
      if (mine === round.number) setPhase({ kind: 'failed', error });
    }
  }, [projectId, sampleId, round]);

  useEffect(() => {
    // Left to the next turn: a page that is shown twice at once must not claim twice.
    const start = setTimeout(() => void load(), 0);
    const stopWatching = looks.watchLeaving();
    return () => {
      clearTimeout(start);
      nextImage.stop();
      stopWatching();
      round.number++;
      close(current.current);
      current.current = null;
    };
  }, [load, round]);

  /** Do what ends the work on a sample, and go on to the next; the answer false keeps this one. */
  const finish = useCallback(
    async (act: (task: Task) => Promise<boolean>): Promise<void> => {
      const task = current.current;
      if (!task || submitting) return;
      setSubmitting(true);
      setProblem(null);
      try {
        if (!(await act(task))) return;
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setProblem(error);
        return;
      } finally {
        setSubmitting(false);
      }
      if (sampleId) onCorrected();
      else await load();
    },
    [submitting, load, sampleId, onCorrected],
  );

  const submit = useCallback(
    () =>
      finish(async ({ item, session, effort }) => {
        effort.touch();
        if (!(await session.settle())) return false;
        const answer = await submitAnswer(item, effort.seconds);
        effort.reset();
        setExtra(answer.extra_vote);
        setDone((count) => count + 1);
        return true;
      }),
    [finish],
  );

  const skip = useCallback(
    (why: string) =>
      finish(async ({ item, session }) => {
        await session.settle();
        await skipSample(item, why);
        setExtra(false);
        return true;
      }),
    [finish],
  );

  const again = useCallback(() => void load(), [load]);
  return { phase, lease, done, submitting, extra, late, problem, submit, skip, again };
}
