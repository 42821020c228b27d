/** What training will start from: found out from the pictures, or told. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';

import { api, type Preset } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { presetText } from '../search/presets';
import type { NewProject } from './defaults';

interface Props {
  value: NewProject;
  onChange: (value: NewProject) => void;
}

export function PresetChoice({ value, onChange }: Props): ReactElement | null {
  const t = useT();
  const presets = useQuery({
    queryKey: ['presets-of', value.kind],
    queryFn: ({ signal }) => api.get<Preset[]>('presets', { task_kind: value.kind }, signal),
    staleTime: Infinity,
  });
  if (!presets.data || presets.data.length === 0) return null;
  const chosen = presets.data.find(({ name }) => name === value.preset);
  return (
    <Field
      label={t('wizard.preset')}
      hint={chosen ? presetText(t, chosen, 'reason') : t('wizard.presetHint')}
    >
      <select
        className="input"
        value={value.preset}
        onChange={(event) => onChange({ ...value, preset: event.target.value })}
      >
        <option value="auto">{t('wizard.presetAuto')}</option>
        {presets.data.map((preset) => (
          <option key={preset.name} value={preset.name}>
            {presetText(t, preset, 'title')}
          </option>
        ))}
        <option value="">{t('preset.none')}</option>
      </select>
    </Field>
  );
}
