/** Starts against each other: what each brought, and the dialog that compares them. */
import { useState, type ReactElement } from 'react';

import {
  api,
  type Project,
  type Start,
  type StartComparison,
  type StartOption,
} from '../../../api';
import { serverSentence, useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { FormError, useForm } from '../../shell/forms';
import { dateTime, duration, number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import { RunState } from '../models/badges';
import { NumberField } from '../settings/NumberField';
import { Meter } from './Meter';
import { StopButton } from './StopButton';
import { gainsOf, startKey, startOfKey, startWords } from './starts';
import { startLists, useStartComparisons } from './useStarts';

const MOST_STARTS = 4;
const MOST_OFFERED = 12;

interface Props {
  project: Project;
  options: readonly StartOption[];
}

function CompareDialog({
  project,
  options,
  onClose,
}: Props & { onClose: () => void }): ReactElement {
  const t = useT();
  const [picked, setPicked] = useState<string[]>([]);
  const [minutes, setMinutes] = useState(project.loop.train_minutes);
  const [seeds, setSeeds] = useState(3);
  const compare = useAction(
    (body: { starts: Start[]; minutes: number; seeds: number }) =>
      api.post<StartComparison>(`projects/${project.id}/start-comparisons`, body),
    { refresh: startLists(project.id), done: t('starts.begun'), onDone: onClose },
  );
  const form = useForm(() =>
    compare.mutateAsync({ starts: picked.map(startOfKey), minutes, seeds }),
  );
  const hasChampion = options.some((one) => one.champion && one.project === project.id);
  const offered: Start[] = [
    ...(hasChampion ? [{ kind: 'champion' as const, id: null }] : []),
    ...options
      .filter((one) => !(one.champion && one.project === project.id))
      .slice(0, MOST_OFFERED)
      .map(({ kind, id }) => ({ kind, id })),
  ];
  const trainings = seeds * (1 + picked.length);
  return (
    <Dialog title={t('starts.start')} onClose={onClose}>
      <form className="stack" onSubmit={form.onSubmit}>
        <p className="muted">{t('starts.startText')}</p>
        <fieldset className="stack">
          <legend>{t('starts.which')}</legend>
          {offered.length === 0 ? <p className="muted small">{t('starts.noStart')}</p> : null}
          {offered.map((start) => {
            const key = startKey(start);
            return (
              <label key={key} className="row">
                <input
                  type="checkbox"
                  checked={picked.includes(key)}
                  disabled={!picked.includes(key) && picked.length >= MOST_STARTS}
                  onChange={(event) =>
                    setPicked(
                      event.target.checked
                        ? [...picked, key]
                        : picked.filter((other) => other !== key),
                    )
                  }
                />
                {startWords(t, start, options, project.id)}
              </label>
            );
          })}
        </fieldset>
        <NumberField
          label={t('starts.minutes')}
          min={0.05}
          max={1440}
          step="any"
          value={minutes}
          onChange={setMinutes}
        />
        <NumberField
          label={t('starts.seeds')}
          hint={t('starts.seedsHint', { n: trainings, time: duration(trainings * minutes * 60) })}
          min={1}
          max={5}
          value={seeds}
          onChange={setSeeds}
        />
        <FormError error={form.error} />
        <div className="row">
          <button type="submit" className="btn primary" disabled={form.busy || picked.length === 0}>
            {t('starts.start')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** What a comparison showed, start by start. */
export function ComparisonResult({
  comparison,
  options,
}: {
  comparison: StartComparison;
  options: readonly StartOption[];
}): ReactElement {
  const t = useT();
  const { rows, primary, n_items: n, best } = comparison.result;
  const scratch = rows?.[0];
  if (comparison.state === 'failed') {
    return <p className="muted small">{serverSentence(comparison.code, comparison.detail)}</p>;
  }
  if (!scratch) return <Meter fraction={comparison.fraction} label={t('models.progress')} />;
  return (
    <>
      {gainsOf(t, comparison, options).map((gain) => (
        <p key={gain.name} className={`notice ${gain.tone}`}>
          {gain.text} {gain.name === best ? t('starts.best') : null}
          <span className="muted small block">{t('starts.seed', { values: gain.seeds })}</span>
        </p>
      ))}
      <p className="muted small">
        {t('starts.scratch', { metric: primary ?? '', value: number(scratch.mean, 3), n: n ?? 0 })}{' '}
        {t('starts.seed', { values: scratch.by_seed.map((v) => number(v, 3)).join(', ') })}
      </p>
    </>
  );
}

export function StartComparisons({ project, options }: Props): ReactElement {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const rows = useStartComparisons(project.id);
  return (
    <section className="card flush">
      <header>
        <h2>{t('starts.title')}</h2>
        {canManage(project) ? (
          <button type="button" className="btn small" onClick={() => setAsking(true)}>
            {t('starts.start')}
          </button>
        ) : null}
      </header>
      <Loaded query={rows}>
        {(list) =>
          list.length === 0 ? (
            <p className="muted pad">{t('starts.none')}</p>
          ) : (
            <table className="table" aria-label={t('starts.title')}>
              <tbody>
                {list.map((row) => (
                  <tr key={row.id}>
                    <th scope="row">{t('starts.name', { i: String(row.id) })}</th>
                    <td>
                      <RunState state={row.state} />
                    </td>
                    <td className="stack">
                      <ComparisonResult comparison={row} options={options} />
                    </td>
                    <td className="muted nowrap">{dateTime(row.created_at)}</td>
                    <td>
                      <StopButton project={project} kind="start-comparisons" row={row} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {asking ? (
        <CompareDialog project={project} options={options} onClose={() => setAsking(false)} />
      ) : null}
    </section>
  );
}
