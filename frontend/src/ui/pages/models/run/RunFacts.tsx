/** What a run is made of: data, seed, times, settings, versions. */
import type { ReactElement } from 'react';
import { Link } from 'react-router';

import type { Id, RunDetail } from '../../../../api';
import { useT } from '../../../messages';
import { dateTime, duration, number } from '../../../shell/format';
import { RunState } from '../badges';
import { reportOf } from './report';
import { settingRows } from './settings';
import { StartFact } from './StartFact';

interface Props {
  run: RunDetail;
  projectId: Id;
}

function elapsed({ started_at: from, finished_at: to }: RunDetail): string {
  return from && to ? duration((Date.parse(to) - Date.parse(from)) / 1000) : '-';
}

export function RunFacts({ run, projectId }: Props): ReactElement {
  const t = useT();
  const { steps, parameters } = reportOf(run);
  return (
    <section className="card">
      <header>
        <h2>{t('run.facts')}</h2>
        <RunState state={run.state} />
      </header>
      <dl className="facts">
        <dt>{t('run.snapshot')}</dt>
        <dd>
          {t('run.snapshotText', {
            train: run.snapshot.n_train,
            val: run.snapshot.n_val,
            test: run.snapshot.n_test,
          })}
        </dd>
        <dt>{t('run.hash')}</dt>
        <dd className="mono">{run.snapshot.hash.slice(0, 16)}</dd>
        <dt>{t('run.seed')}</dt>
        <dd>{run.seed}</dd>
        <dt>{t('run.started')}</dt>
        <dd>{dateTime(run.started_at)}</dd>
        <dt>{t('run.took')}</dt>
        <dd>{elapsed(run)}</dd>
        <dt>{t('run.attempts')}</dt>
        <dd>{number(run.attempts)}</dd>
        {steps !== undefined ? (
          <>
            <dt>{t('run.steps')}</dt>
            <dd>{number(steps)}</dd>
          </>
        ) : null}
        {parameters !== undefined ? (
          <>
            <dt>{t('run.parameters')}</dt>
            <dd>{number(parameters)}</dd>
          </>
        ) : null}
        <StartFact run={run} projectId={projectId} />
        {run.model ? (
          <>
            <dt>{t('models.model')}</dt>
            <dd>
              <Link to={`/projects/${projectId}/models/${run.model}`}>{t('run.toModel')}</Link>
            </dd>
          </>
        ) : null}
      </dl>
    </section>
  );
}

/** The settings that differ from the defaults, and what the run can be remade with. */
export function RunSettings({ run }: { run: RunDetail }): ReactElement {
  const t = useT();
  const environment = [...settingRows(run.environment), ['code', run.code_version] as const];
  return (
    <section className="card flush">
      <header>
        <h2>{t('run.settings')}</h2>
        <span className="muted small">{t('run.settingsHint')}</span>
      </header>
      <SettingTable rows={settingRows(run.config)} label={t('run.settings')} />
      <details className="pad">
        <summary>{t('run.environment')}</summary>
        <SettingTable rows={environment} label={t('run.environment')} />
      </details>
    </section>
  );
}

interface TableProps {
  rows: readonly (readonly [string, string])[];
  label: string;
}

function SettingTable({ rows, label }: TableProps): ReactElement {
  return (
    <table className="table settings-table" aria-label={label}>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row" className="mono">
              {name}
            </th>
            <td className="mono">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
