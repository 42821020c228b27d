/** What one training starts from: the project's settings, or a preset for the kind of picture. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import { api, type Preset, type Presets, type Project, type TrainingSettings } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { presetText, proposedPreset } from './presets';

export function useTrainingSettings(project: Project): UseQueryResult<TrainingSettings> {
  return useQuery({
    queryKey: ['training-settings', project.id],
    queryFn: ({ signal }) =>
      api.get<TrainingSettings>(`projects/${project.id}/training-settings`, {}, signal),
  });
}

/** Presets of the project's task; the one that suits its pictures is found by looking at some. */
export function usePresets(project: Project): UseQueryResult<Presets> {
  return useQuery({
    queryKey: ['presets', project.id],
    queryFn: ({ signal }) => api.get<Presets>(`projects/${project.id}/presets`, {}, signal),
    staleTime: 600_000,
  });
}

interface StartingPoint {
  /** The chosen preset; null for the project's own settings. */
  start: Preset | null;
  /** The field that chooses; null where the task has no presets. */
  field: ReactElement | null;
}

export function useStartingPoint(project: Project): StartingPoint {
  const t = useT();
  const [chosen, setChosen] = useState<string | null>(null);
  const settings = useTrainingSettings(project).data;
  const presets = usePresets(project).data;
  if (!settings || !presets || presets.presets.length === 0) return { start: null, field: null };
  const name = chosen ?? proposedPreset(settings, presets);
  const start = presets.presets.find((preset) => preset.name === name) ?? null;
  const own = Object.keys(settings.config).length > 0;
  const field = (
    <Field
      label={t('preset.choose')}
      hint={start ? presetText(t, start, 'reason') : t(own ? 'preset.ownHint' : 'preset.noneHint')}
    >
      <select className="input" value={name} onChange={(event) => setChosen(event.target.value)}>
        <option value="">{t(own ? 'preset.own' : 'preset.none')}</option>
        {presets.presets.map((preset) => {
          const title = presetText(t, preset, 'title');
          return (
            <option key={preset.name} value={preset.name}>
              {preset.name === presets.suggested ? t('preset.suggested', { name: title }) : title}
            </option>
          );
        })}
      </select>
    </Field>
  );
  return { start, field };
}
