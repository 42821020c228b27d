/** Keys of the classification page. */
import { useEffect } from 'react';

import { suggestionOf, type Batch } from '../../../engine/batch';
import { commandOf, isTyping } from '../../keymap';

/** How many pictures stand in a row of the grid. */
function columnsOf(): number {
  const grid = document.querySelector('.crop-grid');
  return grid ? getComputedStyle(grid).gridTemplateColumns.split(' ').length : 1;
}

function move(batch: Batch, code: string): boolean {
  const columns = columnsOf();
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  const step = steps[code];
  if (step === undefined) return false;
  batch.focusOn(batch.snapshot().focus + step);
  return true;
}

/** A class by its key; with Shift the character differs, so the place of a digit counts too. */
function classOf(batch: Batch, event: KeyboardEvent): number | null {
  const found = batch.classes.find(
    ({ key }) =>
      key && (key === event.key || key === event.key.toLowerCase() || event.code === `Digit${key}`),
  );
  return found?.index ?? null;
}

function choose(event: KeyboardEvent, batch: Batch): boolean {
  const index = classOf(batch, event);
  if (index === null) return false;
  if (event.shiftKey) batch.chooseRest(index);
  else batch.choose(index);
  return true;
}

/** Enter takes the model's suggestion, where the focus is on the pictures. */
function accept(event: KeyboardEvent, batch: Batch): boolean {
  const onCrop = event.target instanceof HTMLElement && !event.target.closest('aside, .work-bar');
  if (event.code !== 'Enter' || !onCrop) return false;
  const suggested = suggestionOf(batch.items[batch.snapshot().focus]!);
  if (suggested !== null) batch.choose(suggested);
  return true;
}

function handle(event: KeyboardEvent, batch: Batch, submit: () => void): boolean {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && (choose(event, batch) || move(batch, event.code) || accept(event, batch))) {
    return true;
  }
  const command = commandOf(event);
  if (command === 'edit.undo' || (plain && event.code === 'Backspace')) batch.undo();
  else if (command === 'work.submit') submit();
  else return false;
  return true;
}

export function useClassifyKeys(batch: Batch, submit: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event.target)) return;
      batch.effort.touch();
      if (handle(event, batch, submit)) event.preventDefault();
    };
    const onPointer = (): void => batch.effort.touch();
    addEventListener('keydown', onKey);
    addEventListener('pointermove', onPointer);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('pointermove', onPointer);
    };
  }, [batch, submit]);
}
