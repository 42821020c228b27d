// @vitest-environment node
import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Editor } from '../../src/engine/labels/editor';
import { LabelPlane } from '../../src/engine/labels/labels';
import { makeTools, type Tool, type ToolName } from '../../src/engine/tools';
import { CHOICES } from '../../src/engine/tools/options';
import {
  CELL_ACTION_NAMES,
  CELL_ACTIONS,
  keepLargest,
  splitPieces,
} from '../../src/engine/tools/reshape';
import { at, benchOf, equalArrays } from './helpers';

const WIDTH = 27;
const HEIGHT = 15;
const TOOL_NAMES = Object.keys(makeTools()) as ToolName[];

const place = fc.record({
  x: fc.double({ min: -3, max: WIDTH + 3, noNaN: true }),
  y: fc.double({ min: -3, max: HEIGHT + 3, noNaN: true }),
});

/** A gesture with a tool: a drag over some places, then a click, and Enter. */
const gesture = fc.record({
  tool: fc.constantFrom(...TOOL_NAMES),
  way: fc.array(place, { minLength: 1, maxLength: 5 }),
  last: place,
  shift: fc.boolean(),
  radius: fc.constantFrom(0.5, 1.5, 3),
  target: fc.constantFrom(...CHOICES.target),
  covers: fc.constantFrom(...CHOICES.covers),
  erases: fc.constantFrom(...CHOICES.erases),
  pressure: fc.boolean(),
  hard: fc.double({ min: 0, max: 1, noNaN: true }),
  class: fc.constantFrom(null, 1, 2),
  cancel: fc.boolean(),
});

const command = fc.record({
  command: fc.constantFrom(...CELL_ACTION_NAMES, 'keepLargest', 'splitPieces', 'undo', 'redo'),
  pick: place,
});

type ValueOf<A> = A extends fc.Arbitrary<infer V> ? V : never;
type Act = ValueOf<typeof gesture> | ValueOf<typeof command>;

function runCommand(editor: Editor, { command: name, pick }: ValueOf<typeof command>): void {
  const label = editor.labelAt(pick);
  if (name === 'undo') editor.undo();
  else if (name === 'redo') editor.redo();
  else if (name === 'keepLargest') keepLargest(editor, [label]);
  else if (name === 'splitPieces') splitPieces(editor, [label]);
  else if (label) CELL_ACTIONS[name](editor, label);
}

function makeGesture(
  editor: Editor,
  tools: Record<ToolName, Tool>,
  act: ValueOf<typeof gesture>,
): void {
  const { way, last, shift, target, covers, erases, pressure } = act;
  const tool = tools[act.tool];
  editor.radius = act.radius;
  editor.activeClass = act.class;
  editor.options = { ...editor.options, target, covers, erases, pressure };
  const points = way.map(({ x, y }) => ({ ...at(x, y, shift), pressure: act.hard }));
  tool.down?.(editor, points[0]!);
  for (const point of points) tool.move?.(editor, point, true);
  tool.up?.(editor, points.at(-1)!);
  tool.down?.(editor, at(last.x, last.y, shift));
  if (act.cancel) tool.cancel?.(editor);
  tool.up?.(editor, at(last.x, last.y, shift));
  tool.key?.(editor, 'confirm');
  tool.cancel?.(editor);
}

function undoAll(editor: Editor): void {
  while (editor.history.canUndo) editor.undo();
}

function redoAll(editor: Editor): void {
  while (editor.history.canRedo) editor.redo();
}

it('any series of gestures and commands walks back and forth, and its log adds up to the screen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: gesture }, { weight: 1, arbitrary: command }), {
        minLength: 1,
        maxLength: 14,
      }),
      (acts: Act[]) => {
        const { editor, operations } = benchOf(new LabelPlane(WIDTH, HEIGHT));
        const tools = makeTools();
        for (const act of acts) {
          if ('command' in act) runCommand(editor, act);
          else makeGesture(editor, tools, act);
        }
        expect(editor.isDrawing).toBe(false);
        redoAll(editor);
        const end = editor.plane.toArray();
        const classes = [...editor.classes].sort();

        undoAll(editor);
        expect(equalArrays(editor.plane.toArray(), new Uint32Array(WIDTH * HEIGHT))).toBe(true);
        expect([...editor.classes]).toEqual([]);
        redoAll(editor);
        expect(equalArrays(editor.plane.toArray(), end)).toBe(true);
        expect([...editor.classes].sort()).toEqual(classes);

        const server = benchOf(new LabelPlane(WIDTH, HEIGHT)).editor;
        for (const operation of operations) server.replay(operation);
        expect(equalArrays(server.plane.toArray(), end)).toBe(true);
        expect([...server.classes].sort()).toEqual(classes);
      },
    ),
    { numRuns: 300 },
  );
});
