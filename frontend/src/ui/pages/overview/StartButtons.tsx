/** A manager starts a round or a training, told before what it will take. */
import { useState, type ReactElement } from 'react';
import { useNavigate } from 'react-router';

import { api, type Project, type Round, type Run, type Start } from '../../../api';
import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { Field, FormError, useForm } from '../../shell/forms';
import { percent } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { wordFor } from '../../shell/words';
import { useStartingPoint } from '../search/StartingPoint';
import { nowWords, startOfKey } from '../starts/starts';
import { StartSelect } from '../starts/StartSelect';
import { useProjectStart } from '../starts/useStarts';

export const STRATEGIES = [
  'entropy',
  'margin',
  'bald',
  'consistency',
  'typiclust',
  'core_set',
  'foreground_random',
  'random',
] as const;

function Buttons({
  busy,
  label,
  onClose,
}: {
  busy: boolean;
  label: string;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  return (
    <div className="row">
      <button type="submit" className="btn primary" disabled={busy}>
        {label}
      </button>
      <button type="button" className="btn" onClick={onClose}>
        {t('do.cancel')}
      </button>
    </div>
  );
}

function RoundDialog({
  project,
  onClose,
}: {
  project: Project;
  onClose: () => void;
}): ReactElement {
  const t = useT();
  const [strategy, setStrategy] = useState(project.loop.strategy);
  const [size, setSize] = useState(project.loop.batch_size);
  const start = useAction(
    (body: { strategy: string; batch_size: number }) =>
      api.post<Round>(`projects/${project.id}/rounds`, body),
    {
      refresh: [
        ['rounds', project.id],
        ['overview', project.id],
      ],
      done: t('start.roundDone'),
      onDone: onClose,
    },
  );
  const form = useForm(() => start.mutateAsync({ strategy, batch_size: size }));
  return (
    <Dialog title={t('start.round')} onClose={onClose}>
      <form className="stack" onSubmit={form.onSubmit}>
        <p className="muted">
          {t('start.roundText', { n: size, control: percent(project.loop.control_fraction) })}
        </p>
        <Field label={t('start.strategy')} hint={wordFor(t, 'strategyHint', strategy)}>
          <select className="input" value={strategy} onChange={(e) => setStrategy(e.target.value)}>
            {STRATEGIES.map((name) => (
              <option key={name} value={name}>
                {t(`strategy.${name}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t('start.batch')}>
          <input
            className="input"
            type="number"
            min={1}
            max={10000}
            value={size}
            onChange={(event) => setSize(Number(event.target.value))}
          />
        </Field>
        <FormError error={form.error} />
        <Buttons busy={form.busy} label={t('start.round')} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface TrainingProps {
  project: Project;
  accepted: number;
}

function TrainingDialog({
  project,
  accepted,
  onClose,
}: TrainingProps & { onClose: () => void }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const [minutes, setMinutes] = useState(project.loop.train_minutes);
  const { start: preset, field } = useStartingPoint(project);
  const [from, setFrom] = useState('');
  const starts = useProjectStart(project.id);
  const start = useAction(
    (body: { minutes: number; start: Start | null; config?: object }) =>
      api.post<Run>(`projects/${project.id}/runs`, body),
    {
      refresh: [['runs', project.id]],
      onDone: (run) => void navigate(`/projects/${project.id}/runs/${run.id}`),
    },
  );
  const form = useForm(() =>
    start.mutateAsync({
      minutes,
      start: from === '' ? null : startOfKey(from),
      ...(preset ? { config: preset.changes } : {}),
    }),
  );
  return (
    <Dialog title={t('start.training')} onClose={onClose}>
      <form className="stack" onSubmit={form.onSubmit}>
        <p className="muted">{t('start.trainingText', { n: accepted })}</p>
        <Field label={t('start.minutes')} hint={t('start.minutesHint')}>
          <input
            className="input"
            type="number"
            min={0.1}
            step="any"
            value={minutes}
            onChange={(event) => setMinutes(Number(event.target.value))}
          />
        </Field>
        {field}
        {starts.data ? (
          <Field label={t('begin.from')}>
            <StartSelect
              answer={starts.data}
              project={project.id}
              value={from}
              unset={t('begin.asProject', { start: nowWords(t, starts.data, project.id) })}
              onChange={setFrom}
            />
          </Field>
        ) : null}
        <FormError error={form.error} />
        <Buttons busy={form.busy} label={t('start.training')} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface RoundProps {
  project: Project;
  primary?: boolean;
}

export function StartRound({ project, primary = false }: RoundProps): ReactElement {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={`btn${primary ? ' primary' : ''}`}
        onClick={() => setOpen(true)}
      >
        {t('start.round')}
      </button>
      {open ? <RoundDialog project={project} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

export function StartTraining({ project, accepted }: TrainingProps): ReactElement {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn" onClick={() => setOpen(true)}>
        {t('start.training')}
      </button>
      {open ? (
        <TrainingDialog project={project} accepted={accepted} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}
