/** Names for the shapes of the REST API; all of them come from the generated `schema.d.ts`. */
import type { components } from './schema';

type Schemas = components['schemas'];

/**
 * What the server answers: every member is there, at every depth.
 *
 * OpenAPI knows no difference between "has a default when written" and "may be missing when read", so the
 * generated members of models with defaults are optional; answers always carry them.
 */
type Full<T> = T extends (infer Item)[]
  ? Full<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]-?: Full<Exclude<T[K], undefined>> }
    : T;

export type Id = number;
export type LabRole = Schemas['LabRoleEnum'];
export type ProjectRole = Schemas['ProjectRoleEnum'];
export type TaskKind = Schemas['TaskKindEnum'];
export type Split = Schemas['SplitEnum'];
export type RunState = Schemas['JobStateEnum'];
export type SampleState = Schemas['SampleStateEnum'];

export type Coded = Full<Schemas['Coded']>;
export type User = Full<Schemas['User']>;
export type Person = Full<Schemas['Person']>;
export type SessionState = Full<Schemas['Session']>;
export type ApiToken = Full<Schemas['ApiToken']>;
export type NewApiToken = Full<Schemas['NewApiToken']>;
export type Lab = Full<Schemas['Lab']>;
export type LabMember = Full<Schemas['LabMember']>;
export type Invitation = Full<Schemas['Invitation']>;
export type InvitationPreview = Full<Schemas['Preview']>;
export type Joined = Full<Schemas['Joined']>;

export type Outlined = Full<Schemas['Outlined']>;
export type DataSet = Full<Schemas['DataSet']>;
export type DisplaySettings = Full<Schemas['DisplaySettings']>;
export type UploadRow = Full<Schemas['Upload']>;
export type UploadResults = Full<Schemas['UploadResults']>;
export type Channel = Full<Schemas['ImageChannel']>;
export type Image = Full<Schemas['Image']>;
export type Histogram = Full<Schemas['Histogram']>;

export type LabelClass = Full<Schemas['LabelClass']>;
export type Policy = Full<Schemas['Policy']>;
export type LoopPolicy = Full<Schemas['Loop']>;
export type Project = Full<Schemas['Project']>;
export type ProjectMember = Full<Schemas['ProjectMember']>;
export type Overview = Full<Schemas['Overview']>;
export type MovedGroup = Full<Schemas['MovedGroup']>;
export type Sample = Full<Schemas['Sample']>;
export type Answer = Full<Schemas['Answer']>;
export type Consensus = Full<Schemas['Consensus']>;
export type CellAgreement = Full<Schemas['CellAgreement']>;
export type ComparedCell = Full<Schemas['ComparedCell']>;
export type ReviewNote = Full<Schemas['ReviewNote']>;
export type Embeddings = Full<Schemas['Embeddings']>;

// What a run has reached so far and what a gate knows are partial for good: these stay as generated.
export type RunProgress = Schemas['Progress'];
export type Gate = Schemas['Gate'];
export type CurvePoint = Schemas['CurvePoint'];
// The report is what the trainer wrote: `pages/models/run/report.ts` says how it is read.
export type RunDetail = Omit<Full<Schemas['RunDetail']>, 'progress'> & { progress: RunProgress };
export type Run = Omit<Full<Schemas['Run']>, 'progress'> & { progress: RunProgress };
export type Finding = Full<Schemas['Finding']>;
export type FindingAction = Full<Schemas['FindingAction']>;
export type Figure = Full<Schemas['Figure']>;
export type RunFigures = Full<Schemas['RunFigures']>;
export type ModelCardText = Full<Schemas['Card']>;
export type ModelPackage = Full<Schemas['ModelExport']>;
// What a file turns out to hold depends on its kind.
export type ModelImport = Omit<Full<Schemas['ModelImport']>, 'found'> & {
  found: Schemas['Found'];
};
export type ModelVersion = Omit<Full<Schemas['ModelVersion']>, 'gate'> & { gate: Gate };
export type Round = Full<Schemas['Round']>;
export type Arm = Full<Schemas['Arm']>;
export type LearningCurve = Full<Schemas['LearningCurve']>;
export type LearningPoint = Full<Schemas['LearningPoint']>;
export type Forecast = Full<Schemas['Forecast']>;

export type Predicted = Full<Schemas['Predicted']>;
export type PredictionBatch = Full<Schemas['Batch']>;
export type PredictionBatchItem = Full<Schemas['BatchItem']>;
export type ModelComparison = Full<Schemas['ModelComparison']>;
export type ComparedModel = Full<Schemas['ComparedModel']>;
export type ComparedInterval = Schemas['ComparedInterval'];
export type Preset = Full<Schemas['Preset']>;
export type Presets = Full<Schemas['Presets']>;
export type TrainingSettings = Full<Schemas['TrainingSettings']>;
// Which fields a dimension and a result have depends on its kind and on how far the search is.
export type SearchDimension = Schemas['Dimension'];
export type SearchResult = Schemas['SearchResult'];
export interface Start {
  kind: Schemas['StartKindEnum'];
  id: Id | null;
}
export type StartOption = Full<Schemas['StartOption']>;
export type ProjectStart = Omit<Full<Schemas['ProjectStart']>, 'chosen'> & { chosen: Start };
// What is known of a base and of a comparison comes when they are done.
export type Pretraining = Omit<Full<Schemas['Pretraining']>, 'facts' | 'fraction'> & {
  facts: Schemas['BaseFacts'];
  fraction: number | null;
};
export type StartComparison = Omit<
  Full<Schemas['StartComparison']>,
  'result' | 'fraction' | 'starts'
> & {
  result: Schemas['StartResult'];
  fraction: number | null;
  starts: (Start & { name: string })[];
};
export type Trial = Full<Schemas['Trial']>;
export type Search = Omit<Full<Schemas['Search']>, 'space' | 'result'> & {
  space: SearchDimension[];
  result: SearchResult;
};
