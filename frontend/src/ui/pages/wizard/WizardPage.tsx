/** New project on one page: what is asked, images, names. Everything has a default. */
import { useState, type ReactElement, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';

import type { DataSet, Lab, Project, TaskKind } from '../../../api';
import { t as now, useT, type Translate } from '../../messages';
import { Field, FormError, useForm } from '../../shell/forms';
import { PageHead } from '../../shell/PageHead';
import { useDataSets, useLabs, useProjects } from '../../shell/queries';
import { Empty, Loaded } from '../../shell/states';
import { classesFor, problemOf, type NewProject } from './defaults';
import { CrowdOptions, NameAndClasses } from './DetailsStep';
import { ImagesStep } from './ImagesStep';
import { KindCards } from './KindCards';
import { KindOption } from './KindOption';
import { Preparing } from './Preparing';
import { PresetChoice } from './PresetChoice';
import { freeName, useNewProject } from './useNewProject';

function defaultsOf(t: Translate, kind: TaskKind, taken: string[]): NewProject {
  const classification = kind === 'classification';
  const names = classification
    ? [t('wizard.class.a'), t('wizard.class.b')]
    : [t(kind === 'semantic' ? 'wizard.class.region' : 'wizard.class.cell')];
  const title = t(`wizard.name.${kind === 'semantic' || classification ? kind : 'instance'}`);
  return {
    kind,
    name: freeName(title, taken),
    classes: classesFor(names),
    overlap: 1,
    accept: 'single',
    unit: 'image',
    masks: 'holdout',
    instructions: '',
    partial: false,
    several: false,
    preset: 'auto',
  };
}

function Step({
  n,
  title,
  children,
}: {
  n: number;
  title: string;
  children: ReactNode;
}): ReactElement {
  return (
    <section className="card stack" aria-labelledby={`step-${n}`}>
      <h2 id={`step-${n}`} className="step-title">
        <span className="n">{n}</span>
        {title}
      </h2>
      {children}
    </section>
  );
}

interface FormProps {
  lab: Lab;
  labs: Lab[];
  onLab: (id: number) => void;
  sets: DataSet[];
  takenNames: string[];
  onCreated: (project: Project, preset: string) => void;
}

export function WizardForm({
  lab,
  labs,
  onLab,
  sets,
  takenNames,
  onCreated,
}: FormProps): ReactElement {
  const t = useT();
  const [value, setValue] = useState(() => defaultsOf(now, 'instance', takenNames));
  const [chosen, setChosen] = useState<number[]>([]);
  const flow = useNewProject(lab, value.name, sets);
  const problem = problemOf(value, flow.hasAccepted || chosen.length > 0);
  const form = useForm(async () => onCreated(await flow.create(value, chosen), value.preset));
  const setKind = (kind: TaskKind): void => {
    const fresh = defaultsOf(t, kind, takenNames);
    const old = defaultsOf(t, value.kind, takenNames);
    // What the person changed by hand stays; untouched defaults follow the kind.
    const named = value.name !== old.name;
    const classed = JSON.stringify(value.classes) !== JSON.stringify(old.classes);
    setValue({
      ...value,
      kind,
      name: named ? value.name : fresh.name,
      classes: classed ? value.classes : fresh.classes,
      unit: 'image',
      partial: false,
      several: false,
      preset: 'auto',
    });
  };
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <Step n={1} title={t('wizard.step.kind')}>
        <KindCards value={value.kind} onChange={setKind} />
      </Step>
      <Step n={2} title={t('wizard.step.images')}>
        <ImagesStep
          sets={sets.filter((set) => set.id !== flow.freshSet)}
          chosen={chosen}
          onChosen={setChosen}
          queue={flow.queue}
          onFiles={(files) => void flow.addFiles(files)}
          error={flow.uploadError}
        />
      </Step>
      <Step n={3} title={t('wizard.step.details')}>
        {labs.length > 1 ? (
          <Field label={t('wizard.lab')}>
            <select
              className="input auto"
              value={lab.id}
              disabled={flow.freshSet !== null}
              onChange={(event) => onLab(Number(event.target.value))}
            >
              {labs.map((item) => (
                <option key={item.id} value={item.id}>
                  {item.name}
                </option>
              ))}
            </select>
          </Field>
        ) : null}
        <NameAndClasses value={value} onChange={setValue} />
        <KindOption value={value} onChange={setValue} />
        <PresetChoice value={value} onChange={setValue} />
        <CrowdOptions value={value} onChange={setValue} />
      </Step>
      <FormError error={form.error} />
      <div className="row sticky-foot">
        <button
          type="submit"
          className="btn primary"
          disabled={problem !== null || flow.isUploading || form.busy}
        >
          {t('wizard.create')}
        </button>
        <span className="muted small" role="status">
          {flow.isUploading ? t('wizard.wait') : problem ? t(`wizard.need.${problem}`) : null}
        </span>
      </div>
    </form>
  );
}

function ForLab({
  labs,
  onCreated,
}: {
  labs: Lab[];
  onCreated: (project: Project, preset: string) => void;
}): ReactElement {
  const asked = Number(useSearchParams()[0].get('lab'));
  const [labId, setLabId] = useState(asked);
  const lab = labs.find((item) => item.id === labId) ?? labs[0];
  const sets = useDataSets(lab?.id);
  const projects = useProjects();
  const t = useT();
  if (!lab) return <Empty title={t('home.emptyTitle')} text={t('home.emptyText')} />;
  return (
    <Loaded query={sets}>
      {(setList) => (
        <Loaded query={projects}>
          {(projectList) => (
            <WizardForm
              key={lab.id}
              lab={lab}
              labs={labs}
              onLab={setLabId}
              sets={setList}
              takenNames={projectList.map((project) => project.name)}
              onCreated={onCreated}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

export function WizardPage(): ReactElement {
  const t = useT();
  const labs = useLabs();
  const [created, setCreated] = useState<{ project: Project; preset: string } | null>(null);
  if (created) return <Preparing {...created} />;
  return (
    <div className="page narrow">
      <PageHead
        title={t('home.newProject')}
        lead={t('wizard.lead')}
        crumbs={<Link to="/">{t('nav.home')}</Link>}
      />
      <Loaded query={labs}>
        {(list) => (
          <ForLab labs={list} onCreated={(project, preset) => setCreated({ project, preset })} />
        )}
      </Loaded>
    </div>
  );
}
