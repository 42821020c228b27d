/** How the engine reaches an annotation's history: its log, its versions, the comparison of sums. */
import { api } from '../../api/client';
import { fetchPage, type Page } from '../../api/pagination';
import type { LogPart } from '../labels/operations';
import { asRefusal, type Stored } from './transport';

/** A version of an answer that the server kept. */
export interface Version {
  id: number;
  /** How many operations it holds. */
  version: number;
  reason: 'started' | 'checkpoint' | 'submitted' | 'sent_back' | 'restored';
  by: string | null;
  at: string;
  n_objects: number | null;
  note: string;
}

/** The CRC-32 of a square of labels. */
export interface Square {
  t: number;
  z: number;
  column: number;
  row: number;
  crc: number;
}

/** All raise Refusal. */
export interface LogTransport {
  /** The log from operation `after` + 1 on, as far as one answer goes. */
  readLog(annotation: string, after: number, until: number): Promise<LogPart>;
  listVersions(annotation: string, cursor: string | null): Promise<Page<Version>>;
  restore(annotation: string, version: number, base: number, step: string): Promise<Stored>;
  /** The squares of which the server has other labels. */
  compare(annotation: string, version: number, squares: readonly Square[]): Promise<Square[]>;
}

async function refusing<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw asRefusal(error);
  }
}

export const httpLog: LogTransport = {
  readLog: (annotation, after, until) =>
    refusing(api.get<LogPart>(`annotations/${annotation}/ops`, { after, until })),

  listVersions: (annotation, cursor) =>
    refusing(fetchPage<Version>(`annotations/${annotation}/versions`, {}, cursor)),

  restore(annotation, version, base, step) {
    const body = { version, base_version: base, step };
    return refusing(api.post<Stored>(`annotations/${annotation}/restore`, body));
  },

  async compare(annotation, version, squares) {
    const body = { version, squares };
    const path = `annotations/${annotation}/verify`;
    return (await refusing(api.post<{ differ: Square[] }>(path, body))).differ;
  },
};

/** The whole log between two versions. */
export async function readWholeLog(
  log: LogTransport,
  annotation: string,
  after: number,
  until: number,
): Promise<LogPart['ops']> {
  const operations: LogPart['ops'] = [];
  for (let from: number | null = after; from !== null && from < until;) {
    const part: LogPart = await log.readLog(annotation, from, until);
    operations.push(...part.ops);
    from = part.next;
  }
  return operations;
}
