/** What the compare page shows, worked out from the server's answer. Pure. */
import type { ComparedInterval, CurvePoint, ModelComparison } from '../../../api';
import type { Column } from '../../charts/curves';

export type ComparedImage = ModelComparison['images'][number];

/** Whether an interval leaves no doubt about the sign. */
export function isClear(interval: ComparedInterval): boolean {
  return interval.low > 0 || interval.high < 0;
}

/** Validation curves of several runs over one axis of seconds, one column each. */
export function overlay(runs: CurvePoint[][]): { seconds: number[]; columns: Column[] } {
  const validated = runs.map((points) =>
    points.filter((point) => point.val !== null && point.val !== undefined),
  );
  const seconds = [...new Set(validated.flat().map((point) => point.seconds))].sort(
    (a, b) => a - b,
  );
  const columns = validated.map((points) => {
    const at = new Map(points.map((point) => [point.seconds, point.val ?? null]));
    return seconds.map((second) => at.get(second) ?? null);
  });
  return { seconds, columns };
}

/** Images by how much two models differ on them, most first. */
export function differingMost(
  images: ComparedImage[],
  a: number,
  b: number,
  n: number,
): ComparedImage[] {
  const gap = (image: ComparedImage): number =>
    Math.abs((image.values[b] ?? 0) - (image.values[a] ?? 0));
  return [...images]
    .filter((image) => gap(image) > 0)
    .sort((one, other) => gap(other) - gap(one))
    .slice(0, n);
}

/** A setting's value as one reads it. */
export function settingText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') {
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  }
  return JSON.stringify(value);
}

/** Ids from the address: `models=3,1`. */
export function chosenModels(text: string | null): number[] {
  return [...new Set((text ?? '').split(',').map(Number))].filter(
    (id) => Number.isInteger(id) && id > 0,
  );
}
