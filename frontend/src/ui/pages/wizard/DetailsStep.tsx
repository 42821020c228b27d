/** Name, classes and the crowd: all filled in already. */
import type { ReactElement } from 'react';

import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { ClassEditor } from './ClassEditor';
import { acceptFor, type AcceptRule, type NewProject } from './defaults';

interface Props {
  value: NewProject;
  onChange: (value: NewProject) => void;
}

export function NameAndClasses({ value, onChange }: Props): ReactElement {
  const t = useT();
  return (
    <div className="cols">
      <Field label={t('wizard.name')}>
        <input
          className="input"
          required
          maxLength={200}
          value={value.name}
          onChange={(event) => onChange({ ...value, name: event.target.value })}
        />
      </Field>
      <div className="field">
        <span className="label">{t('wizard.classes')}</span>
        <ClassEditor
          classes={value.classes}
          grid={value.kind === 'classification'}
          make={(fresh) => fresh}
          onChange={(classes) => onChange({ ...value, classes })}
        />
        <span className="muted small">{t('wizard.classesHint')}</span>
      </div>
    </div>
  );
}

export function CrowdOptions({ value, onChange }: Props): ReactElement {
  const t = useT();
  return (
    <details>
      <summary>{t('wizard.options')}</summary>
      <div className="cols" style={{ marginTop: 10 }}>
        <Field label={t('wizard.overlap')} hint={t('wizard.overlapHint')}>
          <input
            className="input"
            type="number"
            min={1}
            max={50}
            value={value.overlap}
            onChange={(event) => {
              const overlap = Math.max(1, Math.min(50, Number(event.target.value) || 1));
              onChange({ ...value, overlap, accept: acceptFor(overlap, value.accept) });
            }}
          />
        </Field>
        <Field label={t('wizard.accept')} hint={t('wizard.acceptHint')}>
          <select
            className="input"
            value={value.accept}
            onChange={(event) => onChange({ ...value, accept: event.target.value as AcceptRule })}
          >
            {value.overlap === 1 ? <option value="single">{t('accept.single')}</option> : null}
            {value.overlap > 1 ? <option value="agreement">{t('accept.agreement')}</option> : null}
            <option value="reviewer">{t('accept.reviewer')}</option>
          </select>
        </Field>
        {value.kind === 'classification' ? (
          <Field label={t('wizard.unit')} hint={t('wizard.unitHint')}>
            <select
              className="input"
              value={value.unit}
              onChange={(event) =>
                onChange({ ...value, unit: event.target.value as NewProject['unit'] })
              }
            >
              <option value="image">{t('wizard.unitImage')}</option>
              <option value="cell">{t('wizard.unitCell')}</option>
            </select>
          </Field>
        ) : (
          <Field label={t('wizard.masks')} hint={t('wizard.masksHint')}>
            <select
              className="input"
              value={value.masks}
              onChange={(event) =>
                onChange({ ...value, masks: event.target.value as NewProject['masks'] })
              }
            >
              <option value="holdout">{t('wizard.masksHoldout')}</option>
              <option value="none">{t('wizard.masksNone')}</option>
              <option value="all">{t('wizard.masksAll')}</option>
            </select>
          </Field>
        )}
        <Field label={t('wizard.instructions')} hint={t('wizard.instructionsHint')}>
          <textarea
            className="input"
            value={value.instructions}
            onChange={(event) => onChange({ ...value, instructions: event.target.value })}
          />
        </Field>
      </div>
    </details>
  );
}
