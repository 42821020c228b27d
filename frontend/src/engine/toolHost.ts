/** What the pointer and the keyboard's cross-hair need of a session to use the tool in hand. */
import type { Editor } from './editor';
import type { CursorHost, KeyboardCursor } from './keyboardCursor';
import type { PointerHost } from './pointer';
import type { Toolbox } from './toolbox';
import type { Viewport } from './viewport';
import type { Views } from './views';

export interface ToolHostParts {
  editor: Editor;
  toolbox: Toolbox;
  views: () => Views;
  turnPlane: (step: number) => void;
  cursor: () => KeyboardCursor;
  busy: () => boolean;
  active: () => void;
  viewport: () => Viewport | null;
  changed: () => void;
}

export function makeToolHost(parts: ToolHostParts): PointerHost & CursorHost {
  const { editor, toolbox, active, viewport, changed } = parts;
  return {
    ...{ editor, active, viewport, changed },
    plane: { width: editor.width, height: editor.height },
    get tool() {
      return toolbox.tool;
    },
    get busy() {
      return parts.busy();
    },
    get picks() {
      return parts.views().ortho.on;
    },
    hover: (point) => parts.views().readout.hover(point),
    pick: (point) => {
      const { ortho } = parts.views();
      if (ortho.on) ortho.moveTo(point);
    },
    begin: () => parts.views().playback.stop(),
    turnPlane: parts.turnPlane,
    pointerTakes: () => parts.cursor().hide(),
    flip: (flipped) => toolbox.flip(flipped),
    turn: (steps) => toolbox.turn(steps),
  };
}
