/** What a new project starts with, so that nothing has to be filled in. Pure. */
import type { Policy, TaskKind } from '../../../api';
import { CLASS_COLORS } from '../../charts/colors';

export interface NewClass {
  name: string;
  color: string;
  key: string;
}

export type AcceptRule = Policy['accept_rule'];

export interface NewProject {
  kind: TaskKind;
  name: string;
  classes: NewClass[];
  overlap: number;
  accept: AcceptRule;
  unit: 'image' | 'cell';
  masks: 'none' | 'holdout' | 'all';
  instructions: string;
  /** Semantic: pixels that nobody painted are unknown, not background. */
  partial: boolean;
  /** Classification: one picture or cell may have several classes, or none. */
  several: boolean;
  /** What training starts from: a preset, 'auto' to find it out from the pictures, or '' for the defaults. */
  preset: string;
}

/** Classes that a project needs at least. */
export function leastClasses({ kind, partial, several }: NewProject): number {
  if (kind === 'classification') return several ? 1 : 2;
  return kind === 'semantic' && partial ? 2 : 1;
}

export const MAX_CLASSES = 9;

/** A class for the next free key and colour. */
export function nextClass(classes: NewClass[], name = ''): NewClass {
  const used = new Set(classes.map((item) => item.key));
  const key = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].find((digit) => !used.has(digit)) ?? '';
  const colors = new Set(classes.map((item) => item.color));
  const color = CLASS_COLORS.find((item) => !colors.has(item)) ?? CLASS_COLORS[0];
  return { name, color, key };
}

export function classesFor(names: string[]): NewClass[] {
  const classes: NewClass[] = [];
  for (const name of names) classes.push(nextClass(classes, name));
  return classes;
}

/** The rule the server would choose for an overlap: one answer counts, several have to agree. */
export function acceptFor(overlap: number, accept: AcceptRule): AcceptRule {
  if (accept === 'reviewer') return 'reviewer';
  return overlap === 1 ? 'single' : 'agreement';
}

/** What keeps the project from being made, as a code; null when nothing does. */
export function problemOf(
  project: NewProject,
  hasImages: boolean,
): 'name' | 'classes' | 'images' | null {
  if (!project.name.trim()) return 'name';
  const names = project.classes.map((item) => item.name.trim());
  const distinct = new Set(names.filter(Boolean));
  if (distinct.size < leastClasses(project) || distinct.size !== names.length) return 'classes';
  return hasImages ? null : 'images';
}

/** The body that makes the project; the rule of acceptance follows in the policy. */
export function projectBody(
  project: NewProject,
  lab: number,
  datasets: number[],
): Record<string, unknown> {
  return {
    lab,
    name: project.name.trim(),
    task_kind: project.kind,
    datasets,
    instructions: project.instructions,
    classes: project.classes.map((item) => ({ ...item, name: item.name.trim() })),
    overlap: project.overlap,
    sample_unit: project.unit,
    use_reference_masks: project.masks,
    partial_labels: project.kind === 'semantic' && project.partial,
    multi_label: project.kind === 'classification' && project.several,
  };
}
