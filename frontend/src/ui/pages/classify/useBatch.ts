/** The classifier's course: claim a handful of samples, choose, hand in, next handful. */
import { useCallback, useEffect, useRef, useState } from 'react';

import { ApiProblem, type Coded, type LabelClass } from '../../../api';
import { Batch } from '../../../engine/grid/batch';
import { GridLook } from '../../../engine/grid/gridLook';
import { Lease } from '../../../engine/sync/lease';
import { sendLeftovers } from '../../../engine/sync/sync';
import {
  claimBatch,
  claimCorrection,
  loadHistogram,
  patiently,
  storedDraft,
  storedVersion,
  submitAnswer,
  type Item,
} from '../../../engine/sync/tasks';
import { httpTransport } from '../../../engine/sync/transport';
import { serverSentence } from '../../messages';
import { looks, openOutbox } from '../keeping';

const COUNT = 24;
const SUBMITS_AT_ONCE = 4;

export type BatchPhase =
  | { kind: 'loading' }
  | { kind: 'empty'; reason: Coded }
  | { kind: 'failed'; error: unknown }
  | { kind: 'working'; batch: Batch; look: GridLook };

export interface BatchCourse {
  phase: BatchPhase;
  done: number;
  submitting: boolean;
  lost: boolean;
  /** Operations of earlier visits that came too late. */
  late: number;
  /** Answers of the last batch that the server refused. */
  refused: { count: number; detail: string } | null;
  submit: () => Promise<void>;
  again: () => void;
}

async function claim(
  projectId: number,
  sampleId: number | undefined,
): Promise<{ items: Item[]; empty: Coded | null }> {
  if (sampleId === undefined) return claimBatch(projectId, COUNT);
  const claimed = await claimCorrection(sampleId);
  return 'item' in claimed
    ? { items: [claimed.item], empty: null }
    : { items: [], empty: claimed.empty };
}

/** Submit the chosen answers, a few at once; answers those that were refused. */
async function submitAll(batch: Batch): Promise<ApiProblem[]> {
  const { choices, chosen } = batch.snapshot();
  const seconds = batch.effort.seconds / Math.max(1, chosen);
  const work = batch.items.flatMap((item, at) => {
    const choice = choices[at];
    return choice === null || choice === undefined ? [] : [{ item, choice }];
  });
  const problems: ApiProblem[] = [];
  const worker = async (): Promise<void> => {
    for (let next = work.shift(); next; next = work.shift()) {
      try {
        await submitAnswer(next.item, seconds, next.choice);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        problems.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: SUBMITS_AT_ONCE }, worker));
  return problems;
}

/** The contrast goes along from one batch to the next, where the pictures are of a kind, and is kept for the data set. */
async function lookFor({ image }: Item, old: GridLook | null): Promise<GridLook> {
  if (old?.suits(image)) return old;
  const { id, dataset } = image;
  const [histogram, kept] = await Promise.all([loadHistogram(id), looks.load(dataset)]);
  const look = new GridLook(image, histogram, kept);
  look.keep = (changed) => looks.keep(dataset, changed);
  return look;
}

interface Options {
  projectId: number;
  classes: LabelClass[];
  /** A picture may have several classes. */
  several: boolean;
  sampleId?: number | undefined;
  onCorrected: () => void;
}

export function useBatch(options: Options): BatchCourse {
  const { projectId, classes, several, sampleId, onCorrected } = options;
  const [phase, setPhase] = useState<BatchPhase>({ kind: 'loading' });
  const [done, setDone] = useState(0);
  const [submitting, setSubmitting] = useState(false);
  const [lost, setLost] = useState(false);
  const [late, setLate] = useState(0);
  const look = useRef<GridLook | null>(null);
  const [refused, setRefused] = useState<BatchCourse['refused']>(null);
  const round = useRef({ number: 0 }).current;
  const held = useRef<{ batch: Batch; leases: Lease[] } | null>(null);
  const newestClasses = useRef(classes);
  useEffect(() => {
    newestClasses.current = classes;
  }, [classes]);

  const letGo = useCallback(() => {
    held.current?.batch.dispose();
    for (const lease of held.current?.leases ?? []) lease.stop();
    held.current = null;
  }, []);

  const load = useCallback(async () => {
    const mine = ++round.number;
    letGo();
    setPhase({ kind: 'loading' });
    setLost(false);
    try {
      const { items, empty } = await claim(projectId, sampleId);
      if (mine !== round.number) return;
      if (empty) {
        setPhase({ kind: 'empty', reason: empty });
        return;
      }
      const outbox = await openOutbox();
      const batch = new Batch(
        items,
        newestClasses.current,
        outbox,
        httpTransport,
        (id) => patiently(() => storedDraft(id)),
        undefined,
        several,
      );
      const leases = items.flatMap(({ assignment }) => {
        if (!assignment) return [];
        const lease: Lease = new Lease(assignment, () => setLost(lease.state === 'lost'));
        lease.start();
        return [lease];
      });
      held.current = { batch, leases };
      const [shown] = await Promise.all([lookFor(items[0]!, look.current), batch.open()]);
      if (mine !== round.number) return;
      look.current = shown;
      setPhase({ kind: 'working', batch, look: shown });
      const own = items.map(({ annotation }) => annotation.id);
      const leftovers = await sendLeftovers(outbox, httpTransport, storedVersion, own);
      setLate((count) => count + leftovers);
    } catch (error) {
      if (mine === round.number) setPhase({ kind: 'failed', error });
    }
  }, [projectId, several, sampleId, round, letGo]);

  useEffect(() => {
    // Left to the next turn: a page that is shown twice at once must not claim twice.
    const start = setTimeout(() => void load(), 0);
    const stopWatching = looks.watchLeaving();
    return () => {
      clearTimeout(start);
      stopWatching();
      round.number++;
      letGo();
    };
  }, [load, letGo, round]);

  const submit = useCallback(async () => {
    const batch = held.current?.batch;
    if (!batch || submitting) return;
    const { chosen, asked } = batch.snapshot();
    if (chosen === 0 || asked.size > 0) return;
    setSubmitting(true);
    batch.effort.touch();
    await batch.settle();
    const problems = await submitAll(batch);
    setSubmitting(false);
    const [first] = problems;
    setRefused(
      first ? { count: problems.length, detail: serverSentence(first.code, first.detail) } : null,
    );
    setDone((count) => count + batch.snapshot().chosen - problems.length);
    if (sampleId !== undefined && !first) onCorrected();
    else await load();
  }, [submitting, sampleId, onCorrected, load]);

  const again = useCallback(() => void load(), [load]);
  return { phase, done, submitting, lost, late, refused, submit, again };
}
