/** Settings of a project: words, classes, crowd, loop, data sets, archive. */
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';

import { api, type Project } from '../../../api';
import { useT } from '../../messages';
import { Confirm } from '../../shell/Dialog';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { Forbidden } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { ClassSettings } from './ClassSettings';
import { DataSetSettings } from './DataSetSettings';
import { LoopSettings } from './LoopSettings';
import { PolicySettings } from './PolicySettings';
import { WordSettings } from './WordSettings';

function Restore({ project }: { project: Project }): ReactElement {
  const t = useT();
  const restore = useAction(() => api.patch(`projects/${project.id}`, { archived: false }), {
    refresh: [['projects'], ['project', project.id]],
    done: t('settings.restored'),
  });
  return (
    <section className="card row between">
      <p>{t('settings.isArchived')}</p>
      <button
        type="button"
        className="btn"
        disabled={restore.isPending}
        onClick={() => restore.mutate()}
      >
        {t('settings.restore')}
      </button>
    </section>
  );
}

function Archive({ project }: { project: Project }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const archive = useAction(() => api.delete(`projects/${project.id}`), {
    refresh: [['projects']],
    done: t('settings.archived'),
    onDone: () => void navigate('/'),
  });
  return (
    <section className="card row between">
      <div>
        <h2>{t('settings.archive')}</h2>
        <p className="muted small">{t('settings.archiveText')}</p>
      </div>
      <button type="button" className="btn danger" onClick={() => setAsking(true)}>
        {t('settings.archive')}
      </button>
      {asking ? (
        <Confirm
          title={t('settings.archiveTitle', { name: project.name })}
          text={t('settings.archiveText')}
          action={t('settings.archive')}
          danger
          onConfirm={() => {
            archive.mutate();
            setAsking(false);
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  );
}

export function SettingsPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  if (!canManage(project)) return <Forbidden />;
  return (
    <div className="page">
      <PageHead title={t('nav.settings')} lead={project.name} />
      <div className="stack">
        <div className="cols">
          <WordSettings project={project} />
          <ClassSettings project={project} />
        </div>
        <div className="cols">
          <PolicySettings project={project} />
          <LoopSettings project={project} />
        </div>
        <DataSetSettings project={project} />
        {project.archived ? <Restore project={project} /> : <Archive project={project} />}
      </div>
    </div>
  );
}
