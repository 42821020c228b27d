/** What is chosen for one picture of a grid: a class, several classes, or nothing yet. Pure. */
import { suggestionOf } from './grid/order';
import type { Operation } from './labels/operations';
import type { Draft, Item } from './sync/tasks';

/** A class; the classes, none among them, where a picture may have several; null = nothing is chosen yet. */
export type Choice = number | readonly number[] | null;

export function classesOf(choice: Choice): readonly number[] {
  if (choice === null) return [];
  return typeof choice === 'number' ? [choice] : choice;
}

export function sameChoice(one: Choice, other: Choice): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((index, at) => index === other[at]);
}

function sorted(indexes: Iterable<number>): number[] {
  return [...new Set(indexes)].sort((a, b) => a - b);
}

/** What an answer holds that was begun before; nobody can tell there that none was chosen. */
export function choiceOf(draft: Draft, several: boolean): Choice {
  if (!several) return draft.class_index;
  const classes = sorted(Object.values(draft.object_classes));
  return classes.length > 0 ? classes : null;
}

/** The choice after an operation that waits to be sent. */
export function withOperation(choice: Choice, { payload }: Operation, several: boolean): Choice {
  if (!payload) return choice;
  if (!several) return payload.class_index;
  const others = classesOf(choice).filter((index) => index !== payload.object);
  return sorted(payload.class_index === null ? others : [...others, payload.class_index]);
}

/** Add a class to what is chosen, or take it away. */
export function toggled(choice: Choice, index: number, on: boolean): Choice {
  const others = classesOf(choice).filter((other) => other !== index);
  return sorted(on ? [...others, index] : others);
}

/** What the server has to be told: one class, or each class that came or went. */
export function payloadsOf(
  before: Choice,
  after: Choice,
  several: boolean,
): NonNullable<Operation['payload']>[] {
  if (!several) return [{ class_index: typeof after === 'number' ? after : null }];
  const [old, fresh] = [classesOf(before), classesOf(after)];
  const gone = old.filter((index) => !fresh.includes(index));
  const come = fresh.filter((index) => !old.includes(index));
  return [
    ...gone.map((object) => ({ object, class_index: null })),
    ...come.map((object) => ({ object, class_index: object })),
  ];
}

/** What the model suggests; null where it has said nothing. */
export function suggestedChoice(item: Pick<Item, 'proposal'>, several: boolean): Choice {
  const best = suggestionOf(item);
  if (!best) return null;
  if (!several) return best.index;
  // The model's own thresholds decide, which differ from class to class.
  return sorted((item.proposal?.objects ?? []).flatMap(({ class_index }) => class_index ?? []));
}
