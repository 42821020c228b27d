/** What a tool is: flat handlers of pointer and key, no nested states. */
import type { Editor } from '../labels/editor';
import type { Point, Span } from '../geometry';
import type { AnsweredBy } from './outliner';

export interface Pointer extends Point {
  shift: boolean;
  /** Pressed with Alt or Ctrl, or with the right button: take away. */
  negative?: boolean;
  /** Image pixels per screen pixel: tolerances are given in screen pixels. */
  pixel: number;
  /** How hard a pen is pressed, 0 to 1; undefined for a mouse or finger, which cannot say. */
  pressure?: number | undefined;
}

/** What a tool shows over the image before it changes anything. */
export type Preview =
  | { kind: 'path'; points: readonly Point[]; closed: boolean }
  | { kind: 'outline'; points: readonly Point[]; closed: boolean }
  | { kind: 'line'; from: Point; to: Point }
  | { kind: 'disc'; center: Point; radius: number; erases: boolean }
  | MaskPreview;

/** Pixels that would become cells, one list of row pieces for each, and the points that led to them. */
export interface MaskPreview {
  kind: 'mask';
  pieces: readonly (readonly Span[])[];
  points?: readonly PreviewPoint[];
  /** The line drawn so far. */
  line?: readonly Point[];
  /** Intensities or an answer are on their way. */
  waiting?: boolean;
}

/** A click that a preview comes from; the text is its number, or a sign. */
export interface PreviewPoint extends Point {
  text: string;
}

export interface Tool {
  readonly name: ToolName;
  /** True when dragging moves the view. */
  readonly pans?: boolean;
  /** True when the right button means something. */
  readonly takesRight?: boolean;
  down?(editor: Editor, pointer: Pointer): void;
  /** The pointer moved; `pressed` while its button is down. */
  move?(editor: Editor, pointer: Pointer, pressed: boolean): void;
  up?(editor: Editor, pointer: Pointer): void;
  cancel?(editor: Editor): void;
  /** Take back the press that runs, because a second finger landed; `cancel` does it where a tool has none of its own. */
  abort?(editor: Editor): void;
  /** Enter and Backspace; true when the tool used the key. */
  key?(editor: Editor, key: 'confirm' | 'back'): boolean;
  preview?(editor: Editor): Preview | null;
  /** Shift and wheel, or the keys of the brush's size; false when the tool has a brush or nothing to turn. */
  turn?(editor: Editor, steps: number): boolean;
  /** The number that the tool's preview hangs on; null without one. */
  dial?(): Dial | null;
  /** Set that number. */
  set?(editor: Editor, value: number): void;
  /** What the server's last answer came from; null without one. */
  answeredBy?(): AnsweredBy | null;
  /** The options changed: what is shown must be worked out again. */
  refresh?(editor: Editor): void;
}

/** A number that the person may change while a preview is shown, and what comes of it. */
export interface Dial {
  low: number;
  high: number;
  value: number;
  /** Cells that would be made. */
  pieces: number;
  /** Pieces left out as too small. */
  dropped: number;
}

export type ToolName =
  | 'brush'
  | 'eraser'
  | 'polygon'
  | 'lasso'
  | 'ellipse'
  | 'box'
  | 'point'
  | 'click'
  | 'fill'
  | 'wand'
  | 'threshold'
  | 'merge'
  | 'split'
  | 'delete'
  | 'classify'
  | 'select'
  | 'pan';
