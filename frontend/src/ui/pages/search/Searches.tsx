/** The searches of a project, and the dialog that starts one. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';

import { api, fetchAll, type Project, type Search, type SearchDimension } from '../../../api';
import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { Field, FormError, useForm } from '../../shell/forms';
import { dateTime, signed } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import { NumberField } from '../settings/NumberField';
import './search.css';
import { SearchState } from './badges';
import { editedOf, problemOfSpace, sentSpace, type EditedSetting } from './space';
import { SpaceEditor } from './SpaceEditor';
import { trialsIn } from './trials';

const FOLDS = [0, 3, 5];

interface Offered {
  space: SearchDimension[];
  further: SearchDimension[];
}

function SearchDialog({
  project,
  onClose,
}: {
  project: Project;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const [trial, setTrial] = useState(project.loop.train_minutes);
  const [minutes, setMinutes] = useState(Math.round(project.loop.train_minutes * 12));
  const [lanes, setLanes] = useState(1);
  const [folds, setFolds] = useState(0);
  const offered = useQuery({
    queryKey: ['search-space', project.id],
    queryFn: ({ signal }) => api.get<Offered>(`projects/${project.id}/search-space`, {}, signal),
    staleTime: Infinity,
  });
  const [edited, setEdited] = useState<EditedSetting[] | null>(null);
  const settings = edited ?? [
    ...(offered.data?.space ?? []).map((dimension) => editedOf(dimension, true)),
    ...(offered.data?.further ?? []).map((dimension) => editedOf(dimension, false)),
  ];
  const problem = offered.data ? problemOfSpace(settings) : null;
  const n = trialsIn(minutes, trial, lanes, folds);
  const start = useAction(
    (body: object) => api.post<Search>(`projects/${project.id}/searches`, body),
    {
      refresh: [['searches', project.id]],
      done: t('search.started'),
      onDone: (search) => void navigate(`/projects/${project.id}/searches/${search.id}`),
    },
  );
  const form = useForm(() =>
    start.mutateAsync({
      ...{ minutes, trial_minutes: trial, lanes, folds },
      ...(edited ? { space: sentSpace(edited) } : {}),
    }),
  );
  return (
    <Dialog title={t('search.start')} onClose={onClose}>
      <form className="stack" onSubmit={form.onSubmit}>
        <p className="muted">{t('search.startText')}</p>
        <div className="cols">
          <NumberField
            label={t('search.minutes')}
            hint={t(n < 2 ? 'search.tooShort' : 'search.trials', { n })}
            min={0.1}
            max={1440}
            step="any"
            value={minutes}
            onChange={setMinutes}
          />
          <NumberField
            label={t('search.trialMinutes')}
            min={0.05}
            max={1440}
            step="any"
            value={trial}
            onChange={setTrial}
          />
          <NumberField
            label={t('search.lanes')}
            hint={t('search.lanesHint')}
            min={1}
            max={16}
            value={lanes}
            onChange={setLanes}
          />
          <Field label={t('search.folds')}>
            <select
              className="input"
              value={folds}
              onChange={(event) => setFolds(Number(event.target.value))}
            >
              {FOLDS.map((n) => (
                <option key={n} value={n}>
                  {n === 0 ? t('search.validation') : t('search.foldsN', { n })}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <details>
          <summary>{t('search.space')}</summary>
          <SpaceEditor settings={settings} onChange={setEdited} />
        </details>
        {problem ? (
          <p className="bad-text small" role="status">
            {t(`search.spaceProblem.${problem}`)}
          </p>
        ) : null}
        <FormError error={form.error} />
        <div className="row">
          <button
            type="submit"
            className="btn primary"
            disabled={form.busy || problem !== null || n < 2}
          >
            {t('search.start')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function gainOf(search: Search): string {
  const { gain, best } = search.result;
  if (gain) return `${signed(gain.mean)} (${signed(gain.low)} .. ${signed(gain.high)})`;
  return best === undefined ? '' : '0';
}

export function Searches({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const searches = useQuery({
    queryKey: ['searches', project.id],
    queryFn: ({ signal }) => fetchAll<Search>('searches', { project: project.id }, 50, signal),
    refetchInterval: 10_000,
  });
  return (
    <section className="card flush">
      <header>
        <h2>{t('search.searches')}</h2>
        {canManage(project) ? (
          <button type="button" className="btn small" onClick={() => setAsking(true)}>
            {t('search.start')}
          </button>
        ) : null}
      </header>
      <Loaded query={searches}>
        {(list) =>
          list.length === 0 ? (
            <p className="muted pad">{t('search.none')}</p>
          ) : (
            <table className="table">
              <tbody>
                {list.map((search) => (
                  <tr key={search.id}>
                    <td>
                      <Link to={`/projects/${project.id}/searches/${search.id}`}>
                        {t('search.title', { i: search.id })}
                      </Link>
                    </td>
                    <td>
                      <SearchState state={search.state} />
                    </td>
                    <td className="small">{t('search.spent', { n: search.trials.length })}</td>
                    <td className="num nowrap">{gainOf(search)}</td>
                    <td className="muted nowrap">{dateTime(search.created_at)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {asking ? <SearchDialog project={project} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}
