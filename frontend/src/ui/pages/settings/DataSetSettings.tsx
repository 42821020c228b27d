import { useState, type ReactElement } from 'react';

import { api, type DataSet, type Project } from '../../../api';
import { useT } from '../../messages';
import { number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { useDataSets } from '../../shell/queries';
import { Loaded } from '../../shell/states';
import { SettingsForm } from './SettingsForm';

function NewDataSet({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [name, setName] = useState('');
  const create = useAction(
    (title: string) => api.post<DataSet>('datasets', { lab: project.lab, name: title }),
    { refresh: [['datasets']], done: t('settings.setMade'), onDone: () => setName('') },
  );
  return (
    <div className="row">
      <input
        className="input auto"
        aria-label={t('settings.newSet')}
        placeholder={t('settings.newSet')}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button
        type="button"
        className="btn"
        disabled={!name.trim() || create.isPending}
        onClick={() => create.mutate(name.trim())}
      >
        {t('do.create')}
      </button>
    </div>
  );
}

export function DataSetSettings({ project }: { project: Project }): ReactElement {
  const t = useT();
  const sets = useDataSets(project.lab);
  const [chosen, setChosen] = useState(project.datasets);
  return (
    <SettingsForm
      project={project}
      title={t('settings.sets')}
      invalid={chosen.length === 0}
      body={() => ({ datasets: chosen })}
    >
      <p className="muted small">{t('settings.setsHint')}</p>
      <Loaded query={sets}>
        {(list) => (
          <div className="stack" style={{ gap: 6 }}>
            {list.map((set) => (
              <label key={set.id} className="row">
                <input
                  type="checkbox"
                  checked={chosen.includes(set.id)}
                  // Samples of a set that is in use exist already: it stays.
                  disabled={project.datasets.includes(set.id)}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked
                        ? [...chosen, set.id]
                        : chosen.filter((id) => id !== set.id),
                    )
                  }
                />
                {set.name}
                <span className="muted small">{t('wizard.setImages', { n: set.n_images })}</span>
                {set.n_failed > 0 ? (
                  <span className="badge bad">
                    {t('settings.setFailed', { count: number(set.n_failed) })}
                  </span>
                ) : null}
              </label>
            ))}
          </div>
        )}
      </Loaded>
      <NewDataSet project={project} />
    </SettingsForm>
  );
}
