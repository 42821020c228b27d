/** The project's pictures: gallery with filters, and upload. */
import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react';
import { useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';

import type { DataSet, Id, Project } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { Icon } from '../../shell/Icon';
import { PageHead } from '../../shell/PageHead';
import { useDataSets } from '../../shell/queries';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { DropZone } from './DropZone';
import { Gallery } from './Gallery';
import { UploadList } from './UploadList';
import { UploadQueue, type UploadRole } from './uploadQueue';

function Uploader({ dataset }: { dataset: Id }): ReactElement {
  const t = useT();
  const client = useQueryClient();
  const [queue] = useState(() => new UploadQueue());
  const [group, setGroup] = useState('');
  const [role, setRole] = useState<UploadRole>('');
  const items = useSyncExternalStore(queue.subscribe, queue.getSnapshot);
  const finished = items.filter((item) => item.rows.length > 0).length;
  useEffect(() => {
    if (finished > 0) void client.invalidateQueries({ queryKey: ['images'] });
  }, [client, finished]);
  return (
    <section className="card stack">
      <DropZone onFiles={(files) => queue.add(files, { dataset, group, role })} />
      <details>
        <summary>{t('upload.options')}</summary>
        <div className="cols" style={{ marginTop: 10 }}>
          <Field label={t('upload.group')} hint={t('upload.groupHint')}>
            <input className="input" value={group} onChange={(e) => setGroup(e.target.value)} />
          </Field>
          <Field label={t('upload.role')} hint={t('upload.roleHint')}>
            <select
              className="input"
              value={role}
              onChange={(e) => setRole(e.target.value as UploadRole)}
            >
              <option value="">{t('upload.roleAuto')}</option>
              <option value="image">{t('upload.roleImage')}</option>
              <option value="mask">{t('upload.roleMask')}</option>
            </select>
          </Field>
        </div>
      </details>
      <UploadList queue={queue} />
    </section>
  );
}

interface BodyProps {
  project: Project;
  sets: DataSet[];
}

function Body({ project, sets }: BodyProps): ReactElement {
  const t = useT();
  const [params, setParams] = useSearchParams();
  const chosen = sets.find((set) => set.id === Number(params.get('dataset'))) ?? sets[0];
  const [adding, setAdding] = useState(params.get('upload') === '1');
  return (
    <>
      <PageHead title={t('nav.data')} lead={chosen ? setLead(chosen) : t('data.noSet')}>
        {canManage(project) && chosen ? (
          <button
            type="button"
            className="btn primary"
            aria-expanded={adding}
            onClick={() => setAdding(!adding)}
          >
            <Icon name="upload" />
            {t('data.upload')}
          </button>
        ) : null}
      </PageHead>
      <div className="stack">
        {sets.length > 1 ? (
          <Field label={t('data.set')}>
            <select
              className="input auto"
              value={chosen?.id}
              onChange={(event) => setParams({ dataset: event.target.value })}
            >
              {sets.map((set) => (
                <option key={set.id} value={set.id}>
                  {set.name}
                </option>
              ))}
            </select>
          </Field>
        ) : null}
        {adding && chosen ? <Uploader dataset={chosen.id} /> : null}
        {chosen ? (
          <Gallery
            key={chosen.id}
            projectId={project.id}
            dataset={chosen.id}
            onUpload={() => setAdding(true)}
          />
        ) : null}
      </div>
    </>
  );
}

function setLead(set: DataSet): string {
  return [set.name, set.modality, set.organism, set.stain, set.licence].filter(Boolean).join(' · ');
}

export function DataPage({ project }: ProjectPageProps): ReactElement {
  const sets = useDataSets();
  return (
    <div className="page">
      <Loaded query={sets}>
        {(all) => (
          <Body project={project} sets={all.filter((set) => project.datasets.includes(set.id))} />
        )}
      </Loaded>
    </div>
  );
}
