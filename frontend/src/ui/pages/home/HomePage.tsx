/** Labs and their projects: where one starts. */
import { useState, type ReactElement } from 'react';
import { Link } from 'react-router';

import { api, type Lab, type Project } from '../../../api';
import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { Field, FormError, useForm } from '../../shell/forms';
import { dateTime } from '../../shell/format';
import { Icon } from '../../shell/Icon';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { useLabs, useProjects } from '../../shell/queries';
import { Empty, Loaded } from '../../shell/states';

function ProjectRow({ project, showLab }: { project: Project; showLab: boolean }): ReactElement {
  const t = useT();
  return (
    <tr>
      <td>
        <Link to={`/projects/${project.id}`}>
          <b>{project.name}</b>
        </Link>
        {showLab ? <span className="muted small"> {project.lab_name}</span> : null}
        {project.archived ? <span className="badge">{t('home.archived')}</span> : null}
      </td>
      <td>{t(`kind.${project.task_kind}`)}</td>
      <td>{t(`role.${project.role}`)}</td>
      <td className="muted nowrap">{dateTime(project.created_at)}</td>
    </tr>
  );
}

interface TableProps {
  projects: Project[];
  /** Name the lab: for projects that are shown outside their lab's card. */
  showLab?: boolean;
}

function ProjectTable({ projects, showLab = false }: TableProps): ReactElement {
  const t = useT();
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('home.project')}</th>
          <th>{t('home.kind')}</th>
          <th>{t('home.role')}</th>
          <th>{t('home.created')}</th>
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => (
          <ProjectRow key={project.id} project={project} showLab={showLab} />
        ))}
      </tbody>
    </table>
  );
}

interface LabCardProps {
  lab: Lab;
  projects: Project[];
  archived: boolean;
}

function LabCard({ lab, projects, archived }: LabCardProps): ReactElement {
  const t = useT();
  return (
    <section className="card flush" aria-labelledby={`lab-${lab.id}`}>
      <header>
        <div className="row">
          <h2 id={`lab-${lab.id}`}>{lab.name}</h2>
          <span className="badge">{t(`role.${lab.role}`)}</span>
        </div>

        <div className="row">
          <Link className="btn small" to={`/labs/${lab.id}`}>
            {t('home.labMembers')}
          </Link>
          <Link className="btn small" to={`/projects/new?lab=${lab.id}`}>
            <Icon name="plus" />
            {t('home.newProject')}
          </Link>
        </div>
      </header>
      {projects.length > 0 ? (
        <ProjectTable projects={projects} />
      ) : (
        <p className="muted" style={{ padding: '12px 14px' }}>
          {t(archived ? 'home.noArchived' : 'home.noProjects')}
        </p>
      )}
    </section>
  );
}

function NewLab({ onClose }: { onClose: () => void }): ReactElement {
  const t = useT();
  const [name, setName] = useState('');
  const create = useAction((lab: string) => api.post<Lab>('labs', { name: lab }), {
    refresh: [['labs']],
    onDone: onClose,
  });
  const form = useForm(() => create.mutateAsync(name));
  return (
    <Dialog title={t('home.newLab')} onClose={onClose}>
      <form className="stack" onSubmit={form.onSubmit}>
        <Field label={t('setup.lab')} hint={t('setup.labHint')} error={form.fieldError('name')}>
          <input
            className="input"
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <FormError error={form.error} />
        <div className="row">
          <button type="submit" className="btn primary" disabled={form.busy}>
            {t('do.create')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Projects of labs that one is not a member of (invited to the project only) come last. */
function guestProjects(labs: Lab[], projects: Project[]): Project[] {
  const known = new Set(labs.map((lab) => lab.id));
  return projects.filter((project) => !known.has(project.lab));
}

export function HomePage(): ReactElement {
  const t = useT();
  const labs = useLabs();
  const [archived, setArchived] = useState(false);
  const projects = useProjects(archived);
  const [adding, setAdding] = useState(false);
  return (
    <div className="page">
      <PageHead title={t('nav.home')} lead={t('home.lead')}>
        <button type="button" className="btn" onClick={() => setAdding(true)}>
          {t('home.newLab')}
        </button>
        {labs.data && labs.data.length > 0 ? (
          <Link className="btn primary" to="/projects/new">
            {t('home.newProject')}
          </Link>
        ) : null}
      </PageHead>
      <Loaded query={labs}>
        {(labList) => (
          <Loaded query={projects}>
            {(projectList) => {
              const guests = guestProjects(labList, projectList);
              return (
                <div className="stack">
                  {labList.length + projectList.length === 0 ? (
                    <Empty title={t('home.emptyTitle')} text={t('home.emptyText')} />
                  ) : null}
                  {labList.map((lab) => (
                    <LabCard
                      key={lab.id}
                      lab={lab}
                      archived={archived}
                      projects={projectList.filter((project) => project.lab === lab.id)}
                    />
                  ))}
                  {guests.length > 0 ? (
                    <section className="card flush">
                      <header>
                        <h2>{t('home.guest')}</h2>
                      </header>
                      <ProjectTable projects={guests} showLab />
                    </section>
                  ) : null}
                </div>
              );
            }}
          </Loaded>
        )}
      </Loaded>
      <p style={{ marginTop: 14 }}>
        <button type="button" className="btn quiet small" onClick={() => setArchived(!archived)}>
          {t(archived ? 'home.showOpen' : 'home.showArchived')}
        </button>
      </p>
      {adding ? <NewLab onClose={() => setAdding(false)} /> : null}
    </div>
  );
}
