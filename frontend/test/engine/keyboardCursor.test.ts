import { describe, expect, it } from 'vitest';

import { KeyboardCursor } from '../../src/engine/view/keyboardCursor';
import { Toolbox } from '../../src/engine/tools/toolbox';
import { benchOf, pictureOf, planeOf, tidy, type Bench } from './helpers';

interface Hand extends Bench {
  toolbox: Toolbox;
  cursor: KeyboardCursor;
}

function handOn(picture: string): Hand {
  const bench = benchOf(planeOf(picture));
  const { editor } = bench;
  const toolbox = new Toolbox(editor, { changed: () => undefined, redraw: () => undefined });
  const cursor = new KeyboardCursor({
    editor,
    busy: false,
    plane: { width: editor.width, height: editor.height },
    get tool() {
      return toolbox.tool;
    },
    viewport: () => null,
    changed: () => undefined,
  });
  return { ...bench, toolbox, cursor };
}

const EMPTY = `
  ........
  ........
  ........
  ........
  ........`;

describe('the keyboard cursor', () => {
  it('begins in the middle and stays on the picture', () => {
    const { cursor } = handOn(EMPTY);
    expect(cursor.state).toBeNull();
    cursor.toggle();
    expect(cursor.state).toEqual({ x: 4, y: 2, label: 0, pressed: false });
    for (let i = 0; i < 9; i++) cursor.move(1, -1, false);
    expect(cursor.state).toEqual({ x: 7, y: 0, label: 0, pressed: false });
    cursor.toggle();
    expect(cursor.isOn).toBe(false);
  });

  it('draws a stroke from press to lift, one step of undo', () => {
    const { editor, toolbox, cursor, operations } = handOn(EMPTY);
    toolbox.setRadius(0.5);
    cursor.toggle();
    cursor.press(false);
    expect(cursor.state?.pressed).toBe(true);
    cursor.move(1, 0, false);
    cursor.move(0, 1, false);
    expect(operations).toHaveLength(0);
    cursor.press(false);
    expect(cursor.state).toEqual({ x: 5, y: 3, label: 1, pressed: false });
    expect(pictureOf(editor.plane)).toBe(
      tidy(`
      ........
      ........
      ....11..
      .....1..
      ........`),
    );
    editor.undo();
    expect(pictureOf(editor.plane)).toBe(tidy(EMPTY));
  });

  it('goes further with Shift: by the radius of the brush', () => {
    const { toolbox, cursor } = handOn(EMPTY);
    toolbox.setRadius(3);
    cursor.toggle();
    cursor.move(-1, 0, true);
    expect(cursor.state).toMatchObject({ x: 1, y: 2 });
  });

  it('only clicks with a tool that does nothing on release', () => {
    const { editor, toolbox, cursor } = handOn(EMPTY);
    toolbox.choose('polygon');
    cursor.toggle();
    for (const [dx, dy] of [
      [-3, -2],
      [5, 0],
      [0, 3],
    ] as const) {
      for (let i = 0; i < Math.abs(dx); i++) cursor.move(Math.sign(dx), 0, false);
      for (let i = 0; i < Math.abs(dy); i++) cursor.move(0, Math.sign(dy), false);
      cursor.press(false);
      expect(cursor.state?.pressed).toBe(false);
    }
    expect(toolbox.key('confirm')).toBe(true);
    expect(pictureOf(editor.plane)).toBe(
      tidy(`
      .11111..
      ...111..
      .....1..
      ........
      ........`),
    );
  });

  it('keeps the stroke when the pointer takes over', () => {
    const { editor, toolbox, cursor, operations } = handOn(EMPTY);
    toolbox.setRadius(0.5);
    cursor.toggle();
    cursor.press(false);
    cursor.move(1, 0, false);
    cursor.hide();
    expect(operations.map(({ kind }) => kind)).toEqual(['patch']);
    expect(editor.isDrawing).toBe(false);
  });

  it('lets go when another tool is taken in hand', () => {
    const { editor, toolbox, cursor } = handOn(EMPTY);
    toolbox.setRadius(0.5);
    cursor.toggle();
    cursor.press(false);
    toolbox.choose('eraser');
    expect(cursor.state?.pressed).toBe(false);
    expect(pictureOf(editor.plane)).toBe(tidy(EMPTY));
  });

  it('writes nothing more with a stroke that was undone while it was drawn', () => {
    const { editor, toolbox, cursor, operations } = handOn(EMPTY);
    toolbox.setRadius(0.5);
    cursor.toggle();
    cursor.press(false);
    editor.undo();
    cursor.move(1, 0, false);
    cursor.press(false);
    expect(pictureOf(editor.plane)).toBe(tidy(EMPTY));
    expect(operations).toEqual([]);
  });
});
