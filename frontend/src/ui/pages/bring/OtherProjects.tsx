/** Models of other projects of the lab, which know this kind of question already. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';

import { api, fetchAll, type ModelVersion, type Project } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { useProjects } from '../../shell/queries';
import { headline } from '../models/metrics';

function suits(other: Project, project: Project): boolean {
  return (
    other.id !== project.id &&
    other.lab === project.lab &&
    other.task_kind === project.task_kind &&
    other.multi_label === project.multi_label
  );
}

export function OtherProjects({ project }: { project: Project }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const projects = useProjects();
  const [source, setSource] = useState(0);
  const [chosen, setChosen] = useState(0);
  const others = (projects.data ?? []).filter((other) => suits(other, project));
  const models = useQuery({
    queryKey: ['models', source],
    enabled: source > 0,
    queryFn: ({ signal }) => fetchAll<ModelVersion>('models', { project: source }, 200, signal),
  });
  const adopt = useAction(
    () => api.post<ModelVersion>(`projects/${project.id}/adopt-model`, { model: chosen }),
    {
      refresh: [['models', project.id]],
      done: t('bring.taken'),
      onDone: (model) => void navigate(`/projects/${project.id}/models/${model.id}`),
    },
  );
  const scoreOf = (model: ModelVersion): string => {
    const score = headline(model);
    return score ? ` · ${score.name} ${number(score.value, 3)}` : '';
  };
  return (
    <section className="card stack">
      <h2>{t('bring.others')}</h2>
      <p className="muted small">{t(others.length > 0 ? 'bring.othersText' : 'bring.noOthers')}</p>
      {others.length > 0 ? (
        <>
          <Field label={t('bring.project')}>
            <select
              className="input"
              value={source}
              onChange={(event) => {
                setSource(Number(event.target.value));
                setChosen(0);
              }}
            >
              <option value={0}>{t('bring.chooseProject')}</option>
              {others.map((other) => (
                <option key={other.id} value={other.id}>
                  {other.name}
                </option>
              ))}
            </select>
          </Field>
          {source > 0 ? (
            <Field
              label={t('models.model')}
              hint={models.data?.length === 0 ? t('bring.noModels') : undefined}
            >
              <select
                className="input"
                value={chosen}
                onChange={(event) => setChosen(Number(event.target.value))}
              >
                <option value={0}>{t('bring.chooseModel')}</option>
                {(models.data ?? []).map((model) => (
                  <option key={model.id} value={model.id}>
                    {t('models.modelN', { i: model.number })} ({t(`model.state.${model.state}`)})
                    {scoreOf(model)}
                  </option>
                ))}
              </select>
            </Field>
          ) : null}
          <div>
            <button
              type="button"
              className="btn"
              disabled={chosen === 0 || adopt.isPending}
              onClick={() => adopt.mutate(undefined)}
            >
              {t('bring.takeOver')}
            </button>
          </div>
        </>
      ) : null}
    </section>
  );
}
