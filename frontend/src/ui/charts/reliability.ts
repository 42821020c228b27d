/** Reliability curves as paths. Pure. */

export interface ReliabilityPoint {
  low: number;
  high: number;
  n: number;
  confidence: number;
  accuracy: number;
}

/** A line through the bins, in the order of their confidence. */
export function reliabilityPath(
  bins: readonly ReliabilityPoint[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  return [...bins]
    .sort((a, b) => a.confidence - b.confidence)
    .map(
      ({ confidence, accuracy }, at) =>
        `${at === 0 ? 'M' : 'L'}${x(confidence).toFixed(1)},${y(accuracy).toFixed(1)}`,
    )
    .join(' ');
}
