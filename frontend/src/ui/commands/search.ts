/** Finding a command by some of its letters, in their order. */

/** Marks of a match: letters that follow each other, and letters that begin a word, count more than scattered ones; most what stands there as typed. */
const AS_TYPED = 10;
const FOLLOWS = 3;
const BEGINS_WORD = 4;
const PLAIN = 1;

/** How well `text` matches what was typed; null when a letter is missing. */
export function matchScore(typed: string, text: string): number | null {
  const wanted = typed.toLowerCase().replace(/\s+/g, '');
  const hay = text.toLowerCase();
  let best: number | null = wanted === '' ? 0 : null;
  // The first letter may stand in several places: a word further on can match better.
  for (let start = hay.indexOf(wanted[0] ?? ''); start >= 0 && wanted !== '';) {
    const score = scoreFrom(wanted, hay, start);
    if (score !== null && (best === null || score > best)) best = score;
    start = hay.indexOf(wanted[0]!, start + 1);
  }
  return best;
}

function scoreFrom(wanted: string, hay: string, start: number): number | null {
  let score = hay.startsWith(wanted, start) ? AS_TYPED : 0;
  let last = start - 1;
  for (const letter of wanted) {
    const at = hay.indexOf(letter, last + 1);
    if (at < 0) return null;
    const begins = at === 0 || /[\s,(]/.test(hay[at - 1]!);
    score += begins ? BEGINS_WORD : at === last + 1 ? FOLLOWS : PLAIN;
    last = at;
  }
  // Among equals the shorter name.
  return score - hay.length / 1000;
}

export interface Found<T> {
  item: T;
  score: number;
}

/** The items that match, the best first; with nothing typed all in their order. */
export function search<T>(items: readonly T[], typed: string, textOf: (item: T) => string): T[] {
  return items
    .flatMap((item): Found<T>[] => {
      const score = matchScore(typed, textOf(item));
      return score === null ? [] : [{ item, score }];
    })
    .sort((a, b) => (typed ? b.score - a.score : 0))
    .map(({ item }) => item);
}
