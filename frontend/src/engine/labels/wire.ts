/**
 * Wire formats of label planes and edits, byte for byte those of `annotations/labels/wire.py`.
 *
 * Both are rows of LEB128 varints. A plane is (run length, label) pairs in row-major order; a patch is the plane's width and then
 * (skip, length, label) triples in row-major order. Patch values are absolute, so applying a patch twice is harmless.
 */

/** Runs of an edit, five numbers each: y, x, length, label before, label after. */
export type Runs = ArrayLike<number>;
export const RUN = 5;

class VarintWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  write(value: number): void {
    if (this.length + 8 > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  result(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}

class VarintReader {
  private position = 0;
  constructor(private readonly bytes: Uint8Array) {}

  get more(): boolean {
    return this.position < this.bytes.length;
  }

  read(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.position++];
      if (byte === undefined)
        throw new RangeError('The label data ends in the middle of a number.');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }
}

interface Piece {
  x0: number;
  x1: number;
  label: number;
}

/** Put a piece over the pieces of its row; what it covers goes. */
function overlay(row: Piece[], piece: Piece): Piece[] {
  const kept: Piece[] = [];
  for (const old of row) {
    if (old.x1 <= piece.x0 || old.x0 >= piece.x1) {
      kept.push(old);
      continue;
    }
    if (old.x0 < piece.x0) kept.push({ ...old, x1: piece.x0 });
    if (old.x1 > piece.x1) kept.push({ ...old, x0: piece.x1 });
  }
  kept.push(piece);
  return kept;
}

function piecesByRow(runs: Runs, side: 'before' | 'after'): Map<number, Piece[]> {
  const rows = new Map<number, Piece[]>();
  const count = runs.length / RUN;
  for (let k = 0; k < count; k++) {
    // The last label wins when an edit is done, the first one when it is undone.
    const at = (side === 'after' ? k : count - 1 - k) * RUN;
    const x0 = runs[at + 1]!;
    const label = runs[at + (side === 'after' ? 4 : 3)]!;
    const piece = { x0, x1: x0 + runs[at + 2]!, label };
    rows.set(runs[at]!, overlay(rows.get(runs[at]!) ?? [], piece));
  }
  return rows;
}

/** The patch that does (`after`) or undoes (`before`) an edit given as runs. */
export function encodePatch(
  runs: Runs,
  width: number,
  side: 'before' | 'after' = 'after',
): Uint8Array<ArrayBuffer> {
  const writer = new VarintWriter();
  writer.write(width);
  let position = 0;
  const rows = piecesByRow(runs, side);
  for (const y of [...rows.keys()].sort((a, b) => a - b)) {
    const row = rows.get(y)!.sort((a, b) => a.x0 - b.x0);
    for (let i = 0; i < row.length;) {
      const { x0, label } = row[i]!;
      let { x1 } = row[i++]!;
      while (i < row.length && row[i]!.x0 === x1 && row[i]!.label === label) x1 = row[i++]!.x1;
      writer.write(y * width + x0 - position);
      writer.write(x1 - x0);
      writer.write(label);
      position = y * width + x1;
    }
  }
  return writer.result();
}

/** Call `sink` for each row piece of a patch; a run that goes over a row's end is cut at it. */
export function decodePatch(
  bytes: Uint8Array,
  sink: (y: number, x0: number, x1: number, label: number) => void,
): void {
  const reader = new VarintReader(bytes);
  const width = reader.read();
  let position = 0;
  while (reader.more) {
    position += reader.read();
    let length = reader.read();
    const label = reader.read();
    while (length > 0) {
      const y = Math.floor(position / width);
      const x0 = position - y * width;
      const piece = Math.min(length, width - x0);
      sink(y, x0, x0 + piece, label);
      position += piece;
      length -= piece;
    }
  }
}

export function encodePlane(labels: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const writer = new VarintWriter();
  for (let i = 0; i < labels.length;) {
    const label = labels[i]!;
    let end = i + 1;
    while (end < labels.length && labels[end] === label) end++;
    writer.write(end - i);
    writer.write(label);
    i = end;
  }
  return writer.result();
}

/** The labels of a plane of `size` pixels. Raises RangeError when the data holds fewer or more. */
export function decodePlane(bytes: Uint8Array, size: number): Uint32Array<ArrayBuffer> {
  const reader = new VarintReader(bytes);
  const labels = new Uint32Array(size);
  let position = 0;
  while (reader.more) {
    const length = reader.read();
    const label = reader.read();
    if (label) labels.fill(label, position, position + length);
    position += length;
  }
  if (position !== size)
    throw new RangeError(`The label plane has ${position} pixels, not ${size}.`);
  return labels;
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
