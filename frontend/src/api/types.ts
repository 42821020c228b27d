/** Shapes of the REST contract that the pages use. */
export type Id = number;
export type LabRole = 'owner' | 'member';
export type ProjectRole = 'manager' | 'reviewer' | 'annotator' | 'viewer';
export type TaskKind = 'instance' | 'classification' | 'semantic' | 'tracking' | 'restoration';
export type Split = 'train' | 'val' | 'test';

export interface User {
  id: Id;
  username: string;
  email: string;
  display_name: string;
}

export interface SessionState {
  user: User | null;
  setup_needed: boolean;
  csrf: string;
  version: string;
}

export interface ApiToken {
  id: Id;
  name: string;
  prefix: string;
  token?: string;
  created_at?: string;
  last_used_at?: string | null;
}

export interface Lab {
  id: Id;
  name: string;
  slug: string;
  role: LabRole | null;
  created_at: string;
}

export interface LabMember {
  user: User;
  role: LabRole;
}

export interface Invitation {
  id: Id;
  url: string;
  token: string;
  expires_at: string;
  max_uses: number;
  uses: number;
  project: Id | null;
  project_role: ProjectRole | null;
  role: LabRole | null;
  revoked: boolean;
}

export interface InvitationPreview {
  lab: string;
  project: string | null;
  role: LabRole | null;
  project_role: ProjectRole | null;
  valid: boolean;
  reason: string;
}

export interface DataSet {
  id: Id;
  lab: Id;
  name: string;
  description: string;
  licence: string;
  modality: string;
  organism: string;
  stain: string;
  pixel_size_um: number | null;
  n_images: number;
  n_failed: number;
  role: string | null;
}

export interface Coded {
  code: string;
  detail: string;
}

export interface UploadRow {
  id: Id;
  filename: string;
  status: 'accepted' | 'duplicate' | 'refused' | 'ignored';
  code: string;
  detail: string;
  image: Id | null;
  warnings: Coded[];
}

export interface Channel {
  name: string;
  color: string;
  low: number;
  high: number;
}

export interface Image {
  id: Id;
  dataset: Id;
  name: string;
  status: 'queued' | 'ready' | 'failed';
  code: string;
  detail: string;
  sha256: string;
  group: string;
  split: Split;
  size: { t: number; c: number; z: number; y: number; x: number };
  dtype: string;
  channels: Channel[];
  pixel_size_um: { z: number | null; y: number; x: number } | null;
  axes_note: string;
  metadata: Record<string, unknown>;
  levels: { y: number; x: number }[];
  has_reference_mask: boolean;
}

export interface Histogram {
  channels: { low: number; high: number; bins: number[] }[];
}

export interface LabelClass {
  id: Id;
  index: number;
  name: string;
  color: string;
  key: string;
}

export interface Policy {
  overlap: number;
  lease_seconds: number;
  accept_rule: 'single' | 'agreement' | 'reviewer';
  accept_threshold: number;
  consensus_method: string;
}

export interface LoopPolicy {
  strategy: string;
  batch_size: number;
  control_fraction: number;
  max_rounds: number;
  train_minutes: number;
  auto: boolean;
}

export interface Project {
  id: Id;
  lab: Id;
  lab_name?: string;
  name: string;
  task_kind: TaskKind;
  datasets: Id[];
  instructions: string;
  role: ProjectRole | null;
  created_at: string;
  archived?: boolean;
  sample_unit: 'image' | 'cell';
  policy: Policy;
  loop: LoopPolicy;
  classes: LabelClass[];
}

export interface ProjectMember {
  user: User;
  role: ProjectRole;
}

export interface Overview {
  samples: {
    pool: number;
    queued: number;
    in_review: number;
    accepted: number;
    total: number;
    by_split: Record<string, number | Record<string, number>>;
  };
  images: number;
  class_counts: { class: string; n: number }[];
  annotators: {
    user: User | string;
    submitted: number;
    objects: number;
    seconds: number;
    agreement: number | null;
  }[];
  queue: { open: number; leased: number; empty_reason: Coded | string | null };
  next_step: { code: string; detail: string; href: string };
}

export type SampleState = 'pool' | 'queued' | 'answered' | 'in_review' | 'accepted';

export interface Sample {
  id: Id;
  image: Id;
  name: string;
  state: SampleState;
  split: Split;
  group: string;
  region: { t: number; z: number; y0: number; x0: number; y1: number; x1: number } | null;
  priority: number;
  reason: string;
  n_answers: number;
  agreement: number | null;
}

export interface Answer {
  annotation: string;
  user: User | string;
  seconds: number;
  operations: number;
  objects: number | null;
  class_index: number | null;
  submitted_at: string;
}

export interface Consensus {
  version: number;
  method: string;
  agreement: number | null;
  confidence: number | null;
  class_index: number | null;
  objects: number | unknown[] | null;
  disputed: number[];
}

export type RunState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Run {
  id: Id;
  project: Id;
  state: RunState;
  code: string;
  detail: string;
  progress: {
    step?: number;
    steps?: number;
    fraction?: number;
    seconds_left?: number | null;
    images_per_second?: number | null;
  } | null;
  seed: number;
  snapshot: { hash: string; n_train: number; n_val: number; n_test: number } | null;
  config: Record<string, unknown>;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  model: Id | null;
  attempts: number;
}

export interface CurvePoint {
  step: number;
  seconds: number;
  loss: number | null;
  val: number | null;
}

export interface ModelVersion {
  id: Id;
  number: number;
  run: Id | null;
  state: 'candidate' | 'champion' | 'retired' | 'rejected';
  created_at: string;
  metrics: Record<string, Record<string, unknown>>;
  gate: {
    decision?: string;
    delta?: number | null;
    low?: number | null;
    high?: number | null;
    n?: number;
    reason?: string;
  } | null;
  card: unknown;
  test_looks: number;
}

export interface Arm {
  name: string;
  strategy: string;
  n: number;
  labelled: number;
}

export interface Round {
  id: Id;
  number: number;
  state: string;
  strategy: string;
  arms: Arm[];
  n_samples: number;
  n_labelled: number;
  created_at: string;
  evaluations: unknown;
}

export interface LearningPoint {
  round: number;
  arm: string;
  labels: number;
  ap50: number | null;
  ap75: number | null;
  low: number | null;
  high: number | null;
  split: string;
}

export interface Job {
  id: string;
  kind: string;
  state: string;
  progress: number | Record<string, number> | null;
  code: string;
  detail: string;
}
