/** Keys of the annotation page: a class, a command, a tool's own key, or arrows that move the picture. */
import { useEffect } from 'react';

import type { LabelClass } from '../../../api';
import type { Session } from '../../../engine/session';
import { COMMANDS, type PageActions } from '../../commands';
import { commandOf, isTyping } from '../../keymap';

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [60, 0],
  ArrowRight: [-60, 0],
  ArrowUp: [0, 60],
  ArrowDown: [0, -60],
};

/** Answers true when the key was used. */
function handle(
  event: KeyboardEvent,
  session: Session,
  classes: readonly LabelClass[],
  page: PageActions,
): boolean {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const chosen = plain ? classes.find((entry) => entry.key && entry.key === event.key) : undefined;
  if (chosen) {
    session.toolbox.chooseClass(chosen.index);
    return true;
  }
  return handlePlain(event, session, plain) || handleCommand(event, session, page);
}

/** Keys that mean the same for every tool and cannot be changed. */
function handlePlain(event: KeyboardEvent, session: Session, plain: boolean): boolean {
  const onControl = event.target instanceof HTMLElement && event.target.matches('button, input, a');
  const arrow = ARROWS[event.code];
  if (event.code === 'Escape') {
    session.toolbox.cancel();
    return true;
  }
  if (!plain || onControl) return false;
  if (event.code === 'Enter') return session.toolbox.key('confirm');
  if (event.code === 'Backspace') return session.toolbox.key('back');
  if (arrow) session.navigator.pan(...arrow);
  return arrow !== undefined;
}

function handleCommand(event: KeyboardEvent, session: Session, page: PageActions): boolean {
  const command = commandOf(event);
  if (!command) return false;
  const { run, unavailable, repeats } = COMMANDS[command];
  const work = { session, shown: session.snapshot(), page };
  // A key held too long must not hand in the next sample too.
  if ((!event.repeat || repeats) && !unavailable?.(work)) run(work);
  return true;
}

export function useKeys(
  session: Session,
  classes: readonly LabelClass[],
  active: () => void,
  page: PageActions,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event.target)) return;
      active();
      if (handle(event, session, classes, page)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    addEventListener('pointermove', active);
    addEventListener('pointerdown', active);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('pointermove', active);
      removeEventListener('pointerdown', active);
    };
  }, [session, classes, active, page]);
}
