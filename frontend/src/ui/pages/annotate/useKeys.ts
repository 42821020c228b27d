/** Keys of the annotation page: a class, a command, the keyboard's cross-hair, a tool's own key, or arrows that move the picture. */
import { useEffect } from 'react';

import type { LabelClass } from '../../../api';
import type { Session } from '../../../engine/session';
import { COMMANDS, type PageActions } from '../../commands';
import { commandOf, isTyping, mayMean } from '../../keymap';
import { t } from '../../messages';
import { toast } from '../../shell/toasts';

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** CSS pixels by which an arrow moves the picture. */
const PAN_STEP = 60;

/** Answers true when the key was used. */
function handle(
  event: KeyboardEvent,
  session: Session,
  classes: readonly LabelClass[],
  page: PageActions,
): boolean {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const chosen =
    plain && mayMean(event)
      ? classes.find((entry) => entry.key && entry.key === event.key)
      : undefined;
  if (chosen) {
    session.toolbox.chooseClass(chosen.index);
    return true;
  }
  return (
    handleFixed(event, session, plain) ||
    handleCommand(event, session, page) ||
    (plain && handleArrow(event, session))
  );
}

/** Keys that mean the same for every tool and cannot be changed. */
function handleFixed(event: KeyboardEvent, session: Session, plain: boolean): boolean {
  if (event.code === 'Escape') {
    session.toolbox.cancel();
    session.cursor.drop();
    return true;
  }
  if (!plain || isOnControl(event)) return false;
  if (event.code === 'Enter' && session.toolbox.key('confirm')) return true;
  if (event.code === 'Backspace') return session.toolbox.key('back');
  return session.cursor.isOn && handleCursor(event, session);
}

function handleCursor(event: KeyboardEvent, session: Session): boolean {
  const arrow = ARROWS[event.code];
  const presses = event.code === 'Space' || event.code === 'Enter';
  if (arrow) session.cursor.move(...arrow, event.shiftKey);
  else if (presses && !event.repeat) session.cursor.press(event.shiftKey);
  return presses || arrow !== undefined;
}

/** Arrows that no command has taken move the picture. */
function handleArrow(event: KeyboardEvent, session: Session): boolean {
  const arrow = ARROWS[event.code];
  if (!arrow || isOnControl(event)) return false;
  session.navigator.pan(-arrow[0] * PAN_STEP, -arrow[1] * PAN_STEP);
  return true;
}

/** True where Enter and arrows belong to the control that has the focus. */
function isOnControl({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.matches('button, input, a');
}

function handleCommand(event: KeyboardEvent, session: Session, page: PageActions): boolean {
  const command = commandOf(event);
  if (!command) return false;
  const { run, unavailable, repeats } = COMMANDS[command];
  const work = { session, shown: session.snapshot(), page };
  // A key held too long must not hand in the next sample too.
  if (event.repeat && !repeats) return true;
  const why = unavailable?.(work);
  if (why) toast(t(why));
  else run(work);
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
