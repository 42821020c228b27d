/** What a person says of a network that is brought in, and what of it is sent. Pure. */
import type { Project } from '../../../api';

export const AXES = ['bcyx', 'byxc', 'byx', 'bczyx', 'bzyxc', 'bzyx'] as const;
export const NORMALISATIONS = ['percentiles', 'zero_mean', 'range', 'linear', 'none'] as const;
export const ACTIVATIONS = ['none', 'sigmoid', 'softmax'] as const;

/** An output channel: a meaning of the server, or `class:` and the name of a class. */
export type Meaning = string;

/** Empty text and `null` mean: not said, so a package's own words or the defaults hold. */
export interface NetworkForm {
  outputs: Meaning[];
  axes: string;
  channels: string;
  normalisation: string;
  low: string;
  high: string;
  gain: string;
  offset: string;
  activation: string;
  multiple: string;
  tile: string;
  diameter: string;
  threshold: string;
  sha256: string;
}

export const UNSAID: NetworkForm = {
  outputs: [],
  axes: '',
  channels: '',
  normalisation: '',
  low: '1',
  high: '99.8',
  gain: '1',
  offset: '0',
  activation: '',
  multiple: '',
  tile: '',
  diameter: '',
  threshold: '',
  sha256: '',
};

const CLASS = 'class:';

/** What a channel of the output may mean in a project. */
export function meaningsFor(project: Pick<Project, 'task_kind' | 'classes'>): Meaning[] {
  const classes = project.classes.map(({ name }) => CLASS + name);
  if (project.task_kind === 'classification') return [...classes, 'ignore'];
  if (project.task_kind === 'semantic') return ['background', ...classes, 'ignore', 'labels'];
  return ['foreground', 'boundary', 'distance', 'background', 'ignore', 'labels'];
}

export function classOf(meaning: Meaning): string | null {
  return meaning.startsWith(CLASS) ? meaning.slice(CLASS.length) : null;
}

/** A network that comes without a description: its output has to be described here. */
export function isBare(name: string): boolean {
  return /\.(onnx|pt|pth|ts|torchscript)$/i.test(name);
}

/** Numbers of a text such as `512, 512` or `512 x 512`; null where it holds anything else. */
export function numbersOf(text: string): number[] | null {
  const parts = text.split(/[\s,;x×]+/).filter(Boolean);
  const numbers = parts.map(Number);
  return parts.length > 0 && numbers.every(Number.isFinite) ? numbers : null;
}

function normalisationOf(form: NetworkForm): Record<string, unknown> | null {
  const { normalisation: kind, low, high, gain, offset } = form;
  if (!kind) return null;
  if (kind === 'percentiles') return { kind, low: Number(low), high: Number(high) };
  if (kind === 'linear')
    return { kind, gain: numbersOf(gain) ?? [], offset: numbersOf(offset) ?? [] };
  return { kind };
}

/** What is sent: only what was said. */
export function sentForm(form: NetworkForm): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  const classes = form.outputs.map(classOf).filter((name) => name !== null);
  if (form.outputs.length > 0) {
    sent.outputs = form.outputs.map((meaning) => (classOf(meaning) === null ? meaning : 'class'));
    if (classes.length > 0) sent.classes = classes;
  }
  for (const key of ['axes', 'activation', 'sha256'] as const) {
    if (form[key].trim()) sent[key] = form[key].trim();
  }
  for (const key of ['channels', 'multiple', 'diameter', 'threshold'] as const) {
    if (form[key].trim()) sent[key] = Number(form[key]);
  }
  const tile = numbersOf(form.tile);
  if (tile) sent.tile = tile;
  const normalisation = normalisationOf(form);
  if (normalisation) sent.normalisation = normalisation;
  return sent;
}
