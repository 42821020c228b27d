import { useState, type ReactElement } from 'react';

import type { LoopPolicy, Project } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { STRATEGIES } from '../overview/StartButtons';
import { wordFor } from '../../shell/words';
import { NumberField } from './NumberField';
import { SettingsForm } from './SettingsForm';

export function LoopSettings({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [loop, setLoop] = useState<LoopPolicy>(project.loop);
  return (
    <SettingsForm project={project} title={t('settings.loop')} body={() => ({ loop })}>
      <label className="row">
        <input
          type="checkbox"
          checked={loop.auto}
          onChange={(event) => setLoop({ ...loop, auto: event.target.checked })}
        />
        {t('settings.auto')}
      </label>
      <label className="row">
        <input
          type="checkbox"
          checked={loop.compare_arms}
          onChange={(event) => setLoop({ ...loop, compare_arms: event.target.checked })}
        />
        {t('settings.compare')}
      </label>
      <Field label={t('start.strategy')} hint={wordFor(t, 'strategyHint', loop.strategy)}>
        <select
          className="input"
          value={loop.strategy}
          onChange={(event) => setLoop({ ...loop, strategy: event.target.value })}
        >
          {STRATEGIES.map((name) => (
            <option key={name} value={name}>
              {t(`strategy.${name}`)}
            </option>
          ))}
        </select>
      </Field>
      <div className="cols">
        <NumberField
          label={t('settings.batch')}
          min={1}
          max={10000}
          value={loop.batch_size}
          onChange={(value) => setLoop({ ...loop, batch_size: value })}
        />
        <NumberField
          label={t('settings.control')}
          min={1}
          max={100}
          value={Math.round(loop.control_fraction * 100)}
          onChange={(value) => setLoop({ ...loop, control_fraction: value / 100 })}
        />
        <NumberField
          label={t('settings.rounds')}
          min={1}
          max={1000}
          value={loop.max_rounds}
          onChange={(value) => setLoop({ ...loop, max_rounds: value })}
        />
        <NumberField
          label={t('settings.minutes')}
          min={0.05}
          max={10080}
          step="any"
          value={loop.train_minutes}
          onChange={(value) => setLoop({ ...loop, train_minutes: value })}
        />
      </div>
      <p className="muted small">{t('settings.controlHint')}</p>
    </SettingsForm>
  );
}
