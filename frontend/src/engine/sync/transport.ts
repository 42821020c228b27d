/** How the engine reaches the server: the calls of an annotation and its assignment. */
import { api, ApiProblem } from '../../api/client';
import type { Operation, Slice } from '../labels/operations';
import { decodePlane } from '../labels/wire';

export interface Stored {
  version: number;
  applied: string[];
}

export interface LoadedPlane {
  labels: Uint32Array<ArrayBuffer>;
  width: number;
  height: number;
  version: number;
}

/** Why a request did not succeed, and so what to do about it. */
export class Refusal extends Error {
  constructor(
    readonly reason: 'offline' | 'signed_out' | 'conflict' | 'submitted' | 'refused',
    readonly detail: string,
    readonly version: number | null = null,
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

export interface Transport {
  /** Raises Refusal. */
  send(annotation: string, baseVersion: number, operations: Operation[]): Promise<Stored>;
  loadPlane(annotation: string, slice: Slice): Promise<LoadedPlane>;
}

/** Read an API problem as a Refusal; what is no API problem (a bug) is thrown on. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DOMException) return new Refusal('offline', error.message);
  if (!(error instanceof ApiProblem)) throw error;
  const version = typeof error.extra['version'] === 'number' ? error.extra['version'] : null;
  if (error.status === 401 || error.code === 'csrf_failed') {
    return new Refusal('signed_out', error.detail);
  }
  if (error.code === 'version_conflict') return new Refusal('conflict', error.detail, version);
  if (error.code === 'annotation_submitted') return new Refusal('submitted', error.detail, version);
  const passing = error.status === 0 || error.status === 429 || error.status >= 500;
  return new Refusal(passing ? 'offline' : 'refused', error.detail);
}

const TIMEOUT_MS = 15_000;

export const httpTransport: Transport = {
  async send(annotation, baseVersion, operations) {
    const path = `annotations/${annotation}/ops`;
    const body = { base_version: baseVersion, ops: operations };
    try {
      return await api.post<Stored>(path, body, AbortSignal.timeout(TIMEOUT_MS));
    } catch (error) {
      throw asRefusal(error);
    }
  },

  async loadPlane(annotation, { t, z }) {
    const response = await api.raw(`annotations/${annotation}/labels?t=${t}&z=${z}`);
    const shape = response.headers.get('X-Cytoloop-Shape') ?? '';
    const [height = 0, width = 0] = shape.split(',').map(Number);
    const labels = decodePlane(new Uint8Array(await response.arrayBuffer()), width * height);
    const version = Number(response.headers.get('X-Cytoloop-Version') ?? 0);
    return { labels, width, height, version };
  },
};
