/** Label planes of the API, for people to look at. */
import { api, ApiProblem } from '../../../api';
import type { OutlinedPlane } from '../../../engine/review/outlines';
import type { Slice } from '../../../engine/labels/operations';
import { decodePlane } from '../../../engine/labels/wire';

/** Several planes of more pixels would take more memory than a page may have. */
export const MOST_PIXELS = 2 ** 25;

/** A label plane, decoded; null where there is none. */
export async function loadLabels(path: string, { t, z }: Slice): Promise<OutlinedPlane | null> {
  try {
    const response = await api.raw(`${path}?t=${t}&z=${z}`, {
      headers: { Accept: 'application/octet-stream, */*' },
    });
    const shape = response.headers.get('X-Cytoloop-Shape') ?? '';
    const [height = 0, width = 0] = shape.split(',').map(Number);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { width, height, labels: decodePlane(bytes, width * height) };
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}
