import { useState, type ReactElement } from 'react';

import type { Policy, Project } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { acceptFor } from '../wizard/defaults';
import { NumberField } from './NumberField';
import { SettingsForm } from './SettingsForm';

export function PolicySettings({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [policy, setPolicy] = useState<Policy>(project.policy);
  return (
    <SettingsForm project={project} title={t('settings.policy')} body={() => ({ policy })}>
      <NumberField
        label={t('wizard.overlap')}
        hint={t('wizard.overlapHint')}
        min={1}
        max={50}
        value={policy.overlap}
        onChange={(overlap) =>
          setPolicy({ ...policy, overlap, accept_rule: acceptFor(overlap, policy.accept_rule) })
        }
      />
      <Field label={t('wizard.accept')} hint={t('wizard.acceptHint')}>
        <select
          className="input"
          value={policy.accept_rule}
          onChange={(event) =>
            setPolicy({ ...policy, accept_rule: event.target.value as Policy['accept_rule'] })
          }
        >
          {policy.overlap === 1 ? <option value="single">{t('accept.single')}</option> : null}
          {policy.overlap > 1 ? <option value="agreement">{t('accept.agreement')}</option> : null}
          <option value="reviewer">{t('accept.reviewer')}</option>
        </select>
      </Field>
      {policy.accept_rule === 'agreement' ? (
        <NumberField
          label={t('settings.threshold')}
          hint={t('settings.thresholdHint')}
          min={0}
          max={1}
          step={0.05}
          value={policy.accept_threshold}
          onChange={(value) => setPolicy({ ...policy, accept_threshold: value })}
        />
      ) : null}
      <NumberField
        label={t('settings.lease')}
        hint={t('settings.leaseHint')}
        min={1}
        max={1440}
        value={Math.round(policy.lease_seconds / 60)}
        onChange={(minutes) => setPolicy({ ...policy, lease_seconds: minutes * 60 })}
      />
    </SettingsForm>
  );
}
