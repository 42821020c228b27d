/** A choice in words. */
import type { Batch } from '../../../engine/grid/batch';
import { classesOf, type Choice } from '../../../engine/choice';
import { useT } from '../../messages';

/** Names of the classes of a choice; undefined where nothing is chosen. */
export function useNamed(batch: Batch): (choice: Choice) => string | undefined {
  const t = useT();
  return (choice) => {
    if (choice === null) return undefined;
    const indexes = classesOf(choice);
    const names = batch.classes.filter(({ index }) => indexes.includes(index));
    return names.map(({ name }) => name).join(' + ') || t('classify.none');
  };
}
