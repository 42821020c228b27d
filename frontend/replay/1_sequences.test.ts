/** Sequences of everything that a person can do, for the server to repeat. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { makeTools, type Pointer } from '../src/engine/tools';
import { Bench } from './bench';
import { write, type Sequence } from './exchange';

const COUNT = Number(process.env['CYTOLOOP_REPLAY_COUNT'] ?? 200);
const SEED = 20_261_125;
const SHAPE: Sequence['shape'] = [2, 3, 19, 31];
const CLASSES = [1, 2];

type Tools = ReturnType<typeof makeTools>;
const NAMES = Object.keys(makeTools()) as (keyof Tools)[];

const point = fc.record({
  x: fc.integer({ min: -2, max: SHAPE[3] + 1 }),
  y: fc.integer({ min: -2, max: SHAPE[2] + 1 }),
});
const act = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('tool' as const),
      // Tools that need something to work on are as frequent as those that draw it.
      name: fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom<keyof Tools>('brush', 'polygon')),
      radius: fc.constantFrom(0.5, 2, 4.5),
      way: fc.array(point, { minLength: 1, maxLength: 4 }),
      shift: fc.boolean(),
      key: fc.constantFrom('confirm' as const, 'back' as const, null, null),
      cancel: fc.nat(9).map((n) => n === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('go' as const),
      t: fc.nat(SHAPE[0] - 1),
      z: fc.nat(SHAPE[1] - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('class' as const),
      index: fc.constantFrom(...CLASSES),
      object: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('several' as const), at: point, size: fc.nat(6) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('undo' as const), n: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('redo' as const), n: fc.nat(3) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function useTool(bench: Bench, tools: Tools, act: Act & { kind: 'tool' }): void {
  const { editor } = bench;
  const tool = tools[act.name];
  const pointerOf = ({ x, y }: { x: number; y: number }): Pointer => ({
    x,
    y,
    shift: act.shift,
    pixel: 0.1,
  });
  const [first, ...rest] = act.way.map(pointerOf);
  editor.radius = act.radius;
  tool.down?.(editor, first!);
  for (const pointer of rest) tool.move?.(editor, pointer, true);
  if (act.cancel) tool.cancel?.(editor);
  else tool.up?.(editor, rest.at(-1) ?? first!);
  if (act.key) tool.key?.(editor, act.key);
}

/** One step on all planes, as interpolation and copies make them. */
function writeSeveral({ editor }: Bench, { at, size }: Act & { kind: 'several' }): void {
  if (!editor.begin()) return;
  const label = editor.newLabel();
  for (let z = 0; z < SHAPE[1]; z++) {
    const transaction = editor.also({ t: editor.currentSlice.t, z });
    for (let y = at.y; y <= at.y + z; y++) transaction.span(y, at.x, at.x + size, label);
  }
  editor.commit();
}

function perform(bench: Bench, tools: Tools, act: Act): void {
  const { editor } = bench;
  if (act.kind === 'tool') useTool(bench, tools, act);
  else if (act.kind === 'go') editor.goTo({ t: act.t, z: act.z });
  else if (act.kind === 'several') writeSeveral(bench, act);
  else if (act.kind === 'class') {
    editor.activeClass = act.index;
    editor.setClass(act.object, act.index);
  } else for (let i = 0; i <= act.n; i++) editor[act.kind]();
}

function sequenceOf(acts: readonly Act[]): Sequence {
  const bench = new Bench(SHAPE);
  const tools = makeTools();
  bench.editor.activeClass = 1;
  const states: Sequence['states'] = [];
  for (const act of acts) {
    perform(bench, tools, act);
    const version = bench.operations.length;
    if (version > (states.at(-1)?.version ?? 0)) states.push({ version, state: bench.state });
  }
  bench.editor.rollBack();
  const operations = [...bench.operations];
  bench.undoAll();
  const undone = bench.state;
  bench.redoAll();
  return { shape: SHAPE, operations, states, undone, redone: bench.state };
}

it('makes sequences', () => {
  const sample = fc.sample(fc.array(act, { minLength: 3, maxLength: 16 }), {
    numRuns: COUNT,
    seed: SEED,
  });
  const sequences = sample.map(sequenceOf).filter(({ operations }) => operations.length > 0);
  expect(sequences.length).toBeGreaterThan(COUNT * 0.8);
  for (const kind of ['patch', 'class', 'undo', 'redo']) {
    const used = sequences.filter(({ operations }) => operations.some((one) => one.kind === kind));
    expect(used.length, kind).toBeGreaterThan(COUNT / 10);
  }
  write('sequences.jsonl', sequences);
});
