/** Keys of the classification page. */
import { useEffect } from 'react';

import type { Batch } from '../../../engine/grid/batch';
import { commandOf, isTyping } from '../../keymap';

/** How many pictures stand in a row of the grid. */
function columnsOf(): number {
  const grid = document.querySelector('.crop-grid');
  return grid ? getComputedStyle(grid).gridTemplateColumns.split(' ').length : 1;
}

function move(event: KeyboardEvent, batch: Batch): boolean {
  const columns = columnsOf();
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -batch.items.length,
    End: batch.items.length,
  };
  const step = steps[event.code];
  if (step === undefined) return false;
  batch.move(step, event.shiftKey);
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

const PLAIN: Record<string, (batch: Batch) => void> = {
  Enter: (batch) => batch.acceptSuggestions(),
  Escape: (batch) => batch.deselect(),
  Delete: (batch) => batch.clear(),
  Backspace: (batch) => batch.undo(),
};

function handlePlain(event: KeyboardEvent, batch: Batch): boolean {
  if (choose(event, batch)) return true;
  // Arrows and Enter of a slider or button beside the pictures are its own.
  if (event.target instanceof HTMLElement && event.target.closest('aside, .work-bar, .notice')) {
    return false;
  }
  if (move(event, batch)) return true;
  const act = PLAIN[event.code];
  act?.(batch);
  return act !== undefined;
}

function handle(event: KeyboardEvent, batch: Batch, submit: () => void): boolean {
  const mod = event.ctrlKey || event.metaKey;
  if (!mod && !event.altKey && handlePlain(event, batch)) return true;
  if (mod && event.code === 'KeyA') {
    batch.selectAll();
    return true;
  }
  const command = commandOf(event);
  if (command === 'edit.undo') batch.undo();
  else if (command === 'edit.redo') batch.redo();
  // A key held too long must not hand in the next pictures too.
  else if (command === 'work.submit' && !event.repeat) submit();
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
