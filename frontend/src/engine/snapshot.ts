/** What goes into a session, and the immutable picture of it that the page draws. */
import type { Image, LabelClass, Sample } from '../api/types';
import type { BlockTransport } from './labels/blockTransport';
import type { ChannelHistogram, Contrast, Percentiles } from './image/contrast';
import type { PictureLook } from './image/look';
import type { Marks } from './sync/markKeeper';
import type { LogTransport } from './sync/logTransport';
import type { LabelViewState } from './labels/labelView';
import type { AnsweredBy } from './tools/outliner';
import type { Outbox } from './sync/outbox';
import type { Question } from './sync/recovery';
import type { Transport } from './sync/transport';
import type { Fetcher, ZarrImage } from './image/zarr';
import type { HintCode, HintValues } from './hints';
import type { CursorState } from './view/keyboardCursor';
import type { Slice } from './labels/operations';
import type { PiecesNotice } from './labels/pieces';
import type { ColorMode } from './labels/labelColors';
import type { LayerSource } from './overlays/layers';
import type { ProposalState } from './proposals';
import type { LabelStyle } from './renderer/renderer';
import type { SaveState } from './sync/sync';
import type { Dial, ToolName, ToolOptions } from './tools';
import type { ViewHabits, ViewState } from './view/views';

export interface ProposedObject {
  id: number;
  class_index?: number | null;
  confidence?: number | null;
}

export interface SessionInput {
  image: Image;
  sample: Pick<Sample, 'region'>;
  annotation: string;
  objectClasses: Record<string, number>;
  classes: LabelClass[];
  histogram: ChannelHistogram[];
  proposed: ProposedObject[];
  /** Which of them the person has seen and confirmed before. */
  marks?: Marks;
  /** What others made of the sample, to lay over the picture. */
  layers?: readonly LayerSource[];
  /** How the person wants to see pictures of the data set; null where nothing is known. */
  look?: PictureLook | null;
  /** How the person worked on the sample before; none on the first one. */
  habits?: Habits | undefined;
}

/** What goes along from one sample to the next. */
export interface Habits {
  tool: ToolName;
  radius: number;
  options: ToolOptions;
  style: LabelStyle;
  colors: ColorMode;
  tailLength: number;
  views: ViewHabits;
}

export interface SessionDeps {
  outbox: Outbox;
  transport: Transport;
  /** The annotation's history; over HTTP unless told otherwise. */
  log?: LogTransport;
  fetcher?: Fetcher;
  /** The image, where some of it is loaded already. */
  zarr?: ZarrImage | undefined;
  /** The labels of large planes. */
  blocks?: BlockTransport;
  /** Tells the server that a reviewer's note was dealt with. */
  tick?: (note: number, done: boolean) => Promise<unknown>;
  /** The person did something: for the effort. */
  active?: () => void;
  /** The person looked at a proposed cell, or confirmed it. */
  keepMarks?: (added: Marks) => void;
  /** The person wants to see pictures of the data set in another way. */
  keepLook?: (look: PictureLook) => void;
}

/** What the page should tell; `serial` grows with each, so that a repeat is told again. */
export interface Note {
  code:
    | HintCode
    | 'projection'
    | 'conflict_merged'
    | 'stroke_recovered'
    | 'labels_differed'
    | 'history_failed'
    | 'image_failed';
  values: HintValues;
  serial: number;
}

export interface Snapshot extends LabelViewState {
  tool: ToolName;
  /** The keyboard's cross-hair; null while it is off. */
  cursor: CursorState | null;
  radius: number;
  options: ToolOptions;
  /** Cells that the last edits left in pieces. */
  pieces: PiecesNotice | null;
  /** The number that the tool's preview hangs on. */
  dial: Dial | null;
  /** What the last click was answered from; null where no click was answered yet. */
  answeredBy: AnsweredBy | null;
  selected: number;
  selectedClass: number | null;
  activeClass: number | null;
  canUndo: boolean;
  canRedo: boolean;
  contrast: readonly Contrast[];
  /** The only channel that is shown, where there is one. */
  solo: number | null;
  percentiles: Percentiles;
  style: LabelStyle;
  views: ViewState;
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
  /** What the model proposes; null where it did not say how sure it is. */
  proposals: ProposalState | null;
  note: Note | null;
  otherTab: boolean;
  /** Edits from elsewhere touch the same as ours: the person must decide. */
  question: Question | null;
}
