/** What the next runs start from, and the presets to choose instead. */
import { Fragment, useState, type ReactElement } from 'react';

import { api, type Presets, type Project, type TrainingSettings } from '../../../api';
import { useT, type Translate } from '../../messages';
import { useAction } from '../../shell/mutate';
import { canManage } from '../../shell/roles';
import { settingText } from '../models/comparison';
import { presetText } from './presets';
import { usePresets, useTrainingSettings } from './StartingPoint';

/** Nested settings under dotted names. */
function flatten(values: Record<string, unknown>, prefix = ''): [string, unknown][] {
  return Object.entries(values).flatMap(([name, value]): [string, unknown][] =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? flatten(value as Record<string, unknown>, `${prefix}${name}.`)
      : [[prefix + name, value]],
  );
}

function sourceText(t: Translate, settings: TrainingSettings, presets: Presets): string {
  const preset = presets.presets.find((row) => row.name === settings.origin);
  if (settings.kind === 'search') return t('preset.source.search', { i: settings.origin });
  const name = t(`preset.source.${settings.kind}`);
  return preset ? `${name}: ${presetText(t, preset, 'title')}` : name;
}

export function TrainingSettingsCard({ project }: { project: Project }): ReactElement | null {
  const t = useT();
  const [chosen, setChosen] = useState<string | null>(null);
  const settings = useTrainingSettings(project);
  const presets = usePresets(project);
  const use = useAction(
    (preset: string) =>
      api.put(`projects/${project.id}/training-settings`, preset ? { preset } : { config: {} }),
    { refresh: [['training-settings', project.id]], done: t('preset.used') },
  );
  if (!settings.data || !presets.data) return null;
  const rows = flatten(settings.data.config);
  const { suggested } = presets.data;
  const current = settings.data.kind === 'preset' ? settings.data.origin : '';
  const value = chosen ?? (rows.length === 0 ? (suggested ?? '') : current);
  const shown = presets.data.presets.find((row) => row.name === value);
  const reason = shown ? presetText(t, shown, 'reason') : null;
  return (
    <section className="card stack">
      <header>
        <h2>{t('preset.title')}</h2>
        <span className="muted small">
          {rows.length === 0 ? t('preset.none') : sourceText(t, settings.data, presets.data)}
        </span>
      </header>
      {rows.length > 0 ? (
        <details>
          <summary>{t('preset.text')}</summary>
          <dl className="facts">
            {rows.map(([name, setting]) => (
              <Fragment key={name}>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>{settingText(setting)}</dd>
              </Fragment>
            ))}
          </dl>
        </details>
      ) : null}
      {canManage(project) && presets.data.presets.length > 0 ? (
        <div className="row">
          <label className="row small">
            {t('preset.choose')}
            <select
              className="input auto"
              value={value}
              onChange={(event) => setChosen(event.target.value)}
            >
              <option value="">{t('preset.none')}</option>
              {presets.data.presets.map((row) => (
                <option key={row.name} value={row.name}>
                  {row.name === suggested
                    ? t('preset.suggested', { name: presetText(t, row, 'title') })
                    : presetText(t, row, 'title')}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            className="btn small"
            disabled={use.isPending}
            onClick={() => use.mutate(value)}
          >
            {t('preset.use')}
          </button>
        </div>
      ) : null}
      {reason ? <p className="muted small">{reason}</p> : null}
    </section>
  );
}
