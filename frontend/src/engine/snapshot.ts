/** The immutable picture of a session that the page draws. */
import type { Contrast } from './contrast';
import type { HintCode } from './editor';
import type { Slice } from './operations';
import type { LabelStyle } from './renderer/renderer';
import type { SaveState } from './sync';
import type { ToolName } from './tools';

/** What the page should tell; `serial` grows with each, so that a repeat is told again. */
export interface Note {
  code: HintCode | 'conflict_resolved' | 'image_failed';
  serial: number;
}

export interface Snapshot {
  tool: ToolName;
  radius: number;
  selected: number;
  selectedClass: number | null;
  activeClass: number | null;
  canUndo: boolean;
  canRedo: boolean;
  contrast: readonly Contrast[];
  style: LabelStyle;
  slice: Slice;
  frames: number;
  depth: number;
  loading: boolean;
  objects: number;
  /** Objects of each class index; 0 counts those without a class. */
  classCounts: ReadonlyMap<number, number>;
  save: SaveState;
  saveDetail: string;
  pending: number;
  durable: boolean;
  zoom: number;
  note: Note | null;
  otherTab: boolean;
}
