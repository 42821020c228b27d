/** Files between these scripts and `tests/contracts/test_replay.py`: one JSON value in each line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { LoggedOperation, Operation } from '../src/engine/labels/operations';

const folder = process.env['CYTOLOOP_REPLAY'] ?? '';
if (!folder) throw new Error('Set CYTOLOOP_REPLAY: tests/contracts/test_replay.py does it.');

/** Label planes in the wire format, base64, t outer; and class index by object id. */
export interface State {
  planes: string[];
  classes: Record<string, number>;
}

/** What somebody did in the browser, and what it came to. */
export interface Sequence {
  shape: [t: number, z: number, y: number, x: number];
  operations: Operation[];
  /** What there was after so many operations, at the end of each act. */
  states: { version: number; state: State }[];
  /** When everything is undone from the end, and then done again. */
  undone: State;
  redone: State;
}

/** The server's log of a sequence, oldest first. */
export interface Log {
  ops: LoggedOperation[];
}

export function write(name: string, rows: readonly unknown[]): void {
  writeFileSync(join(folder, name), rows.map((row) => JSON.stringify(row)).join('\n'));
}

export function read<T>(name: string): T[] {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}
