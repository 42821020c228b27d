/** Claiming samples and giving answers: the calls around an annotation, told to the page as plain results. */
import { api, ApiProblem } from '../../api/client';
import type { Coded, Embeddings, Histogram, Image, ReviewNote, Sample } from '../../api/types';
import type { Choice } from '../choice';
import type { ProposedObject } from '../session';
import type { Assignment } from './lease';
import type { Marks } from './markKeeper';
import { Refusal } from './transport';

export interface Draft {
  id: string;
  version: number;
  state: 'draft' | 'submitted';
  class_index: number | null;
  object_classes: Record<string, number>;
  /** Of a draft that is claimed. */
  marks?: Marks;
  /** What a reviewer wrote when the answer was sent back. */
  note: string;
}

export interface Proposal {
  source: string;
  reason: string;
  objects: ProposedObject[];
  class_scores: Record<string, number>;
}

/** A sample to work on. A reviewer's correction has no assignment. */
export interface Item {
  assignment: Assignment | null;
  sample: Sample;
  image: Image;
  annotation: Draft;
  proposal: Proposal | null;
}

interface NextAnswer {
  assignment: Assignment | null;
  sample: Sample | null;
  image: Image | null;
  annotation: Draft | null;
  proposal: Proposal | null;
  reason: Coded | null;
}

export type Claimed = { item: Item } | { empty: Coded };

const NOTHING: Coded = { code: 'no_samples', detail: '' };

function readItem(answer: NextAnswer): Item | null {
  const { sample, image, annotation } = answer;
  if (!sample || !image || !annotation) return null;
  const { assignment, proposal } = answer;
  return { assignment, sample, image, annotation, proposal };
}

/** The next sample of a project, or why there is none. */
export async function claimNext(project: number): Promise<Claimed> {
  const answer = await api.post<NextAnswer>(`projects/${project}/next`, {});
  const item = readItem(answer);
  return item ? { item } : { empty: answer.reason ?? NOTHING };
}

/** A draft with which a reviewer corrects a sample; submitting it makes it the ground truth. */
export async function claimCorrection(sample: number): Promise<Claimed> {
  const answer = await api.post<NextAnswer>(`samples/${sample}/correct`, {});
  const item = readItem(answer);
  return item ? { item } : { empty: answer.reason ?? NOTHING };
}

export async function claimBatch(
  project: number,
  count: number,
): Promise<{ items: Item[]; empty: Coded | null }> {
  const path = `projects/${project}/next-batch`;
  const answer = await api.post<{ items: NextAnswer[]; reason?: Coded | null }>(path, { count });
  const items = answer.items.map(readItem).filter((item) => item !== null);
  return { items, empty: items.length === 0 ? (answer.reason ?? NOTHING) : null };
}

export interface Submitted {
  state: string;
  extra_vote: boolean;
}

/** Hand the answer in. Safe to repeat. */
export function submitAnswer(
  item: Item,
  seconds: number,
  choice: Choice = null,
): Promise<Submitted> {
  const token = item.assignment?.token ?? null;
  const answer = typeof choice === 'number' ? { class_index: choice } : {};
  const several = Array.isArray(choice) ? { class_indexes: choice } : {};
  const body = { token, seconds, ...answer, ...several };
  return patiently(() => api.post<Submitted>(`annotations/${item.annotation.id}/submit`, body));
}

export async function skipSample(item: Item, why: string): Promise<void> {
  if (!item.assignment) return;
  const { id, token } = item.assignment;
  await api.post(`assignments/${id}/skip`, { token, why });
}

/** The histogram, or none where it is not made yet: the channels' own windows serve then. */
export async function loadHistogram(image: number): Promise<Histogram['channels']> {
  try {
    return (await api.get<Histogram>(`images/${image}/histogram`)).channels;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return [];
    throw error;
  }
}

/** The stored version of an annotation, for operations that an earlier page left behind. */
export async function storedVersion(annotation: string): Promise<number> {
  return (await api.get<Draft>(`annotations/${annotation}`)).version;
}

/** What reviewers wrote on the picture of an answer that was sent back. */
export function loadNotes(annotation: string): Promise<ReviewNote[]> {
  return patiently(() => api.get<ReviewNote[]>(`annotations/${annotation}/notes`));
}

export function tickNote(note: number, done: boolean): Promise<ReviewNote> {
  return patiently(() => api.post<ReviewNote>(`review-notes/${note}/done`, { done }));
}

/** What the server has of an answer now. */
export function storedDraft(annotation: string): Promise<Draft> {
  return api.get<Draft>(`annotations/${annotation}`);
}

/** Where the newest scoring of the project's pool places samples; only those of one scoring are comparable. */
export function loadEmbeddings(project: number, samples: readonly number[]): Promise<Embeddings> {
  return api.get<Embeddings>(`projects/${project}/embeddings`, { samples: samples.join(',') });
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** Try until the server can be reached and answers; its refusals are thrown. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof Refusal) return error.reason === 'offline' || error.reason === 'signed_out';
  if (!(error instanceof ApiProblem)) return false;
  return [0, 401, 429].includes(error.status) || error.status >= 500;
}
