/** How two label images of the same plane differ: cell by cell, matched where they overlap by more than half. */
import type { LayerPlane } from './composite';

/** Above a half a cell has at most one partner (Kirillov et al., Panoptic Segmentation, CVPR 2019). */
const MATCH_IOU = 0.5;

export interface Difference {
  /** Cells of both that match each other. */
  matched: number;
  onlyFirst: number;
  onlySecond: number;
  /** Mean intersection over union of the matched cells; null where none match. */
  meanIou: number | null;
  /** Intersection over union of the foregrounds; null where both are empty. */
  pixelIou: number | null;
}

/** Raises RangeError where the planes have different sizes. */
export function compare(first: LayerPlane, second: LayerPlane): Difference {
  if (first.labels.length !== second.labels.length || first.width !== second.width) {
    throw new RangeError('Label images of different sizes cannot be compared.');
  }
  const areas = [new Map<number, number>(), new Map<number, number>()] as const;
  const shared = new Map<string, { a: number; b: number; pixels: number }>();
  const count = (map: Map<number, number>, id: number): unknown =>
    map.set(id, (map.get(id) ?? 0) + 1);
  let [both, either] = [0, 0];
  for (let at = 0; at < first.labels.length; at++) {
    const [a, b] = [first.labels[at]!, second.labels[at]!];
    if (!a && !b) continue;
    either++;
    if (a) count(areas[0], a);
    if (b) count(areas[1], b);
    if (!a || !b) continue;
    both++;
    const key = `${a}/${b}`;
    const pair = shared.get(key);
    if (pair) pair.pixels++;
    else shared.set(key, { a, b, pixels: 1 });
  }
  const ious = [...shared.values()]
    .map(({ a, b, pixels }) => pixels / (areas[0].get(a)! + areas[1].get(b)! - pixels))
    .filter((iou) => iou > MATCH_IOU);
  const sum = ious.reduce((total, iou) => total + iou, 0);
  return {
    matched: ious.length,
    onlyFirst: areas[0].size - ious.length,
    onlySecond: areas[1].size - ious.length,
    meanIou: ious.length ? sum / ious.length : null,
    pixelIou: either ? both / either : null,
  };
}
