/** What the pointer and the keyboard's cross-hair need of a session to use the tool in hand. */
import type { Editor } from './editor';
import type { CursorHost, KeyboardCursor } from './keyboardCursor';
import type { PointerHost } from './pointer';
import type { Toolbox } from './toolbox';
import type { Viewport } from './viewport';

export interface ToolHostParts {
  editor: Editor;
  toolbox: Toolbox;
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
    pointerTakes: () => parts.cursor().hide(),
    flip: (flipped) => toolbox.flip(flipped),
    turn: (steps) => toolbox.turn(steps),
  };
}
