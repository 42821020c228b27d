/** What the pointer and the keyboard's cross-hair need of a session to use the tool in hand. */
import type { CursorHost } from '../view/keyboardCursor';
import type { PointerHost } from '../view/pointer';
import type { Session } from '../session';
import type { Viewport } from '../view/viewport';

/** What only the session itself knows. */
export interface ToolHostParts {
  active: () => void;
  viewport: () => Viewport | null;
  changed: () => void;
}

export function makeToolHost(session: Session, parts: ToolHostParts): PointerHost & CursorHost {
  const { editor, toolbox, views, navigator } = session;
  return {
    ...{ editor, ...parts },
    plane: { width: editor.width, height: editor.height },
    get tool() {
      return toolbox.tool;
    },
    get busy() {
      return session.busy;
    },
    get picks() {
      return views.ortho.on;
    },
    hover: (point) => views.readout.hover(point),
    pick: (point) => {
      if (views.ortho.on) views.ortho.moveTo(point);
    },
    begin: () => views.playback.stop(),
    turnPlane: (step) => navigator.step(step),
    pointerTakes: () => session.cursor.hide(),
    flip: (flipped) => toolbox.flip(flipped),
    turn: (steps) => toolbox.turn(steps),
  };
}
