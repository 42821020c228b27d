import { useState, type ReactElement } from 'react';

import type { Project } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { SettingsForm } from './SettingsForm';

export function WordSettings({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [name, setName] = useState(project.name);
  const [instructions, setInstructions] = useState(project.instructions);
  return (
    <SettingsForm
      project={project}
      title={t('settings.words')}
      invalid={!name.trim()}
      body={() => ({ name: name.trim(), instructions })}
    >
      <Field label={t('wizard.name')}>
        <input
          className="input"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label={t('wizard.instructions')} hint={t('wizard.instructionsHint')}>
        <textarea
          className="input"
          rows={5}
          value={instructions}
          onChange={(event) => setInstructions(event.target.value)}
        />
      </Field>
    </SettingsForm>
  );
}
