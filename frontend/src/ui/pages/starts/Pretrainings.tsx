/** Bases that were learnt without labels, and the dialog that trains one. */
import { useState, type ReactElement } from 'react';

import { api, type Pretraining, type Project } from '../../../api';
import { serverSentence, useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { Field, FormError, useForm } from '../../shell/forms';
import { dateTime, percent } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { canManage } from '../../shell/roles';
import { Loaded } from '../../shell/states';
import { RunState } from '../models/badges';
import { NumberField } from '../settings/NumberField';
import { Meter } from './Meter';
import { StopButton } from './StopButton';
import { startLists, usePretrainings } from './useStarts';

const PRETEXTS = ['masked', 'blind_spots', 'denoising'] as const;
type PretextName = (typeof PRETEXTS)[number];

function PretrainDialog({
  project,
  onClose,
}: {
  project: Project;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const [minutes, setMinutes] = useState(2 * project.loop.train_minutes);
  const [pretext, setPretext] = useState<PretextName>('masked');
  const start = useAction(
    (body: { minutes: number; pretext: PretextName }) =>
      api.post<Pretraining>(`projects/${project.id}/pretrainings`, body),
    { refresh: startLists(project.id), done: t('pretrain.begun'), onDone: onClose },
  );
  const form = useForm(() => start.mutateAsync({ minutes, pretext }));
  return (
    <Dialog title={t('pretrain.start')} onClose={onClose}>
      <form className="stack" onSubmit={form.onSubmit}>
        <p className="muted">{t('pretrain.startText')}</p>
        <Field label={t('pretrain.pretext')}>
          <select
            className="input"
            value={pretext}
            onChange={(event) => setPretext(event.target.value as PretextName)}
          >
            {PRETEXTS.map((name) => (
              <option key={name} value={name}>
                {t(`pretrain.pretext.${name}`)}
              </option>
            ))}
          </select>
        </Field>
        <NumberField
          label={t('pretrain.minutes')}
          min={0.05}
          max={1440}
          step="any"
          value={minutes}
          onChange={setMinutes}
        />
        <FormError error={form.error} />
        <div className="row">
          <button type="submit" className="btn primary" disabled={form.busy}>
            {t('pretrain.start')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Outcome({ row }: { row: Pretraining }): ReactElement {
  const t = useT();
  if (row.state === 'failed') {
    return <span className="muted small">{serverSentence(row.code, row.detail)}</span>;
  }
  const { counts, metrics } = row.facts;
  if (!counts) return <Meter fraction={row.fraction} label={t('models.progress')} />;
  const explained = metrics?.explained;
  return (
    <span className="small">
      {t('pretrain.learnt', { n: counts.train ?? 0 })}
      {explained === undefined
        ? null
        : `, ${t('pretrain.rebuilt', { share: percent(Math.max(0, explained)), n: counts.val ?? 0 })}`}
    </span>
  );
}

export function Pretrainings({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const rows = usePretrainings(project.id);
  return (
    <section className="card flush">
      <header>
        <h2>{t('pretrain.title')}</h2>
        {canManage(project) ? (
          <button type="button" className="btn small" onClick={() => setAsking(true)}>
            {t('pretrain.start')}
          </button>
        ) : null}
      </header>
      <Loaded query={rows}>
        {(list) =>
          list.length === 0 ? (
            <p className="muted pad">{t('pretrain.none')}</p>
          ) : (
            <table className="table" aria-label={t('pretrain.title')}>
              <tbody>
                {list.map((row) => (
                  <tr key={row.id}>
                    <th scope="row">{t('pretrain.name', { i: String(row.id) })}</th>
                    <td>
                      <RunState state={row.state} />
                    </td>
                    <td className="small">{t(`pretrain.pretext.${row.pretext as PretextName}`)}</td>
                    <td style={{ minWidth: 190 }}>
                      <Outcome row={row} />
                    </td>
                    <td className="muted nowrap">{dateTime(row.created_at)}</td>
                    <td>
                      <StopButton project={project} kind="pretrainings" row={row} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {asking ? <PretrainDialog project={project} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}
