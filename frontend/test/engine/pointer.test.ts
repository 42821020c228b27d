import { afterEach, describe, expect, it } from 'vitest';

import { LabelPlane } from '../../src/engine/labels/labels';
import { listenToPointer } from '../../src/engine/view/pointer';
import { Toolbox } from '../../src/engine/tools/toolbox';
import { benchOf, pictureOf, planeOf, tidy } from './helpers';

let stop = (): void => undefined;
afterEach(() => stop());

/** A canvas on which one CSS pixel is one image pixel. */
function listen(plane: LabelPlane): {
  toolbox: Toolbox;
  bench: ReturnType<typeof benchOf>;
  send: (type: string, init: PointerEventInit) => void;
} {
  const bench = benchOf(plane);
  const { editor } = bench;
  const nothing = (): void => undefined;
  const toolbox = new Toolbox(editor, { changed: nothing, redraw: nothing });
  const overlay = document.createElement('canvas');
  document.body.append(overlay);
  const imagePoint = (event: { offsetX: number; offsetY: number }): { x: number; y: number } => {
    const { clientX, clientY } = event as PointerEvent;
    return { x: clientX, y: clientY };
  };
  stop = listenToPointer(
    { overlay, ratio: 1, zoom: 1, imagePoint, pan: nothing, zoomBy: nothing, draw: nothing },
    {
      editor,
      get tool() {
        return toolbox.tool;
      },
      busy: false,
      active: nothing,
      turn: (steps) => toolbox.turn(steps),
      pointerTakes: nothing,
      flip: (flipped) => toolbox.flip(flipped),
      picks: false,
      ...{ hover: nothing, pick: nothing, turnPlane: nothing, begin: nothing },
    },
  );
  const send = (type: string, init: PointerEventInit): void => {
    overlay.dispatchEvent(new PointerEvent(type, { pointerId: 1, ...init }));
  };
  return { toolbox, bench, send };
}

describe('a pen', () => {
  const at = { clientX: 4, clientY: 2, pointerType: 'pen' };

  it('paints as wide as it is pressed, when that is switched on', () => {
    const { toolbox, bench, send } = listen(new LabelPlane(9, 5));
    toolbox.setRadius(2);
    toolbox.setOptions({ pressure: true });
    send('pointerdown', { ...at, button: 0, pressure: 0.5 });
    send('pointerup', { ...at, button: 0, pressure: 0 });
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('......... ....1.... ...111... ....1.... .........'),
    );
  });

  it('erases with its other end, whatever tool is chosen, and then goes on with that tool', () => {
    const { toolbox, bench, send } = listen(
      planeOf('111111111 111111111 111111111 ......... .........'),
    );
    toolbox.choose('polygon');
    toolbox.setRadius(1);
    send('pointerdown', { ...at, button: 5, pressure: 0.4 });
    expect(toolbox.tool.name).toBe('eraser');
    send('pointerup', { ...at, button: 5 });
    expect(pictureOf(bench.editor.plane)).toBe(
      tidy('111111111 1111.1111 111...111 ......... .........'),
    );
    expect(toolbox.tool.name).toBe('polygon');
  });
});

it('a mouse paints with the full brush although pressure is switched on', () => {
  const { toolbox, bench, send } = listen(new LabelPlane(7, 5));
  toolbox.setRadius(1);
  toolbox.setOptions({ pressure: true });
  const place = { clientX: 3, clientY: 2, pointerType: 'mouse', button: 0, pressure: 0.5 };
  send('pointerdown', place);
  send('pointerup', place);
  expect(pictureOf(bench.editor.plane)).toBe(tidy('....... ...1... ..111.. ...1... .......'));
});
