/** Where layers come from: the server's label images of a sample. */
import { api, ApiProblem } from '../../api/client';
import type { ProposedObject } from '../snapshot';
import { decodePlane } from '../labels/wire';
import type { HeatPlane, LayerPlane } from './composite';
import type { LayerSource } from './layers';
import type { Slice } from '../labels/operations';

async function loadPlane(path: string, { t, z }: Slice): Promise<LayerPlane | null> {
  try {
    const response = await api.raw(`${path}?t=${t}&z=${z}`);
    const shape = (response.headers.get('X-Cytoloop-Shape') ?? '').split(',').map(Number);
    const [height = 0, width = 0] = shape;
    const labels = decodePlane(new Uint8Array(await response.arrayBuffer()), width * height);
    return { labels, width, height };
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** How unsure the model is of each pixel; null where no model has told it. */
async function loadDoubt(sample: number, { t, z }: Slice): Promise<HeatPlane | null> {
  const response = await api.raw(`samples/${sample}/uncertainty?t=${t}&z=${z}`);
  if (response.status === 204) return null;
  const shape = (response.headers.get('X-Cytoloop-Shape') ?? '').split(',').map(Number);
  const [height = 0, width = 0] = shape;
  return { values: new Uint8Array(await response.arrayBuffer()), width, height };
}

/** What everybody who annotates the sample may see: what the model proposed, and what it is unsure of. */
export function proposalSource(sample: number, objects: readonly ProposedObject[]): LayerSource {
  const load = (slice: Slice): Promise<LayerPlane | null> =>
    loadPlane(`samples/${sample}/proposal`, slice);
  const loadHeat = (slice: Slice): Promise<HeatPlane | null> => loadDoubt(sample, slice);
  return { id: 'proposal', kind: 'proposal', name: '', load, loadHeat, objects };
}

interface Answer {
  annotation: string;
  user: { username: string; display_name: string };
}

/** What reviewers see as well: each person's answer, and what they add up to. */
export async function reviewSources(sample: number): Promise<LayerSource[]> {
  const answers = await api.get<Answer[]>(`samples/${sample}/answers`);
  const people = answers.map(({ annotation, user }): LayerSource => {
    const load = (slice: Slice): Promise<LayerPlane | null> =>
      loadPlane(`samples/${sample}/answers/${annotation}/labels`, slice);
    const name = user.display_name || user.username;
    return { id: `answer-${annotation}`, kind: 'answer', name, load };
  });
  const consensus: LayerSource = {
    id: 'consensus',
    kind: 'consensus',
    name: '',
    load: (slice) => loadPlane(`samples/${sample}/consensus/labels`, slice),
  };
  return [consensus, ...people];
}
