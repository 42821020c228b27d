/** Keys of the annotation page: a class, a command, a tool's own key, or arrows that move the picture. */
import { useEffect } from 'react';

import type { LabelClass } from '../../../api';
import type { Session } from '../../../engine/session';
import type { ToolName } from '../../../engine/tools';
import { commandOf, isTyping, type Command } from '../../keymap';

export interface PageActions {
  submit: () => void;
  skip: () => void;
  help: () => void;
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [60, 0],
  ArrowRight: [-60, 0],
  ArrowUp: [0, 60],
  ArrowDown: [0, -60],
};

type Actions = Partial<Record<Command, () => void>>;

function actionsOf(session: Session, page: PageActions): Actions {
  const { style, radius, slice } = session.snapshot();
  const step = radius < 8 ? 1 : Math.round(radius / 8);
  const go = (t: number, z: number): void =>
    void session.navigator.goTo({ t: slice.t + t, z: slice.z + z });
  return {
    'edit.undo': () => session.undo(),
    'edit.redo': () => session.redo(),
    'edit.newCell': () => session.toolbox.newCell(),
    'edit.deleteSelected': () => session.toolbox.deleteSelected(),
    'edit.smaller': () => session.toolbox.setRadius(radius - step),
    'edit.larger': () => session.toolbox.setRadius(radius + step),
    'view.labels': () => session.setStyle({ visible: !style.visible }),
    'view.outlines': () => session.setStyle({ outlines: !style.outlines }),
    'view.auto': () => session.display.channels.auto(),
    'view.fit': () => session.navigator.fit(),
    'view.actual': () => session.navigator.actualSize(),
    'view.zoomIn': () => session.navigator.zoomBy(1.3),
    'view.zoomOut': () => session.navigator.zoomBy(1 / 1.3),
    'view.unsure': () => session.navigator.nextUnsure(),
    'view.sliceUp': () => go(0, 1),
    'view.sliceDown': () => go(0, -1),
    'view.frameBack': () => go(-1, 0),
    'view.frameOn': () => go(1, 0),
    'work.submit': page.submit,
    'work.submitPlain': page.submit,
    'work.skip': page.skip,
    'work.help': page.help,
  };
}

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
  if (command.startsWith('tool.')) session.toolbox.choose(command.slice(5) as ToolName);
  else actionsOf(session, page)[command]?.();
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
