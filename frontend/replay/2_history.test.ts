/** The history that a browser rebuilds from the server's log, against that of the browser which made it. */
import { expect, it } from 'vitest';

import { LabelPlane } from '../src/engine/labels/labels';
import { eventOfLogged } from '../src/engine/labels/patches';
import { decodePlane, fromBase64 } from '../src/engine/labels/wire';
import { Bench } from './bench';
import { read, type Log, type Sequence } from './exchange';

/** An editor as a page has it that was opened at the end of a sequence, with the log read in parts of `size`. */
function reopened({ shape, states }: Sequence, { ops }: Log, size: number): Bench {
  const [, depth, height, width] = shape;
  const bench = new Bench(shape);
  const { editor } = bench;
  const { planes, classes } = states.at(-1)!.state;
  planes.forEach((plane, at) => {
    const slice = { t: Math.floor(at / depth), z: at % depth };
    const labels = decodePlane(fromBase64(plane), width * height);
    editor.setPlane(slice, LabelPlane.from(labels, width, height));
  });
  for (const [id, index] of Object.entries(classes)) editor.classes.set(Number(id), index);
  editor.history.clear(ops.length);
  for (let end = ops.length; end > 0; end -= size) {
    const start = Math.max(0, end - size);
    editor.history.prepend(ops.slice(start, end).map(eventOfLogged), start);
  }
  return bench;
}

it('undoes and redoes what the server kept as the browser did that made it', () => {
  const sequences = read<Sequence>('sequences.jsonl');
  const logs = read<Log>('logs.jsonl');
  expect(logs).toHaveLength(sequences.length);
  sequences.forEach((sequence, at) => {
    for (const size of [3, 1000]) {
      const bench = reopened(sequence, logs[at]!, size);
      bench.undoAll();
      expect(bench.state, `sequence ${at}, undone`).toEqual(sequence.undone);
      bench.redoAll();
      expect(bench.state, `sequence ${at}, done again`).toEqual(sequence.redone);
    }
  });
});
