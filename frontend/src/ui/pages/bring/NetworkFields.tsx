/** The form that describes a network: what its channels mean, and what is done to pictures before it. */
import type { ReactElement } from 'react';

import type { Project } from '../../../api';
import { useT } from '../../messages';
import { Field } from '../../shell/forms';
import { Icon } from '../../shell/Icon';
import {
  ACTIVATIONS,
  AXES,
  classOf,
  meaningsFor,
  NORMALISATIONS,
  type Meaning,
  type NetworkForm,
} from './form';

interface Props {
  project: Project;
  form: NetworkForm;
  onChange: (form: NetworkForm) => void;
}

function Outputs({ project, form, onChange }: Props): ReactElement {
  const t = useT();
  const meanings = meaningsFor(project);
  const set = (outputs: Meaning[]): void => onChange({ ...form, outputs });
  const wordOf = (meaning: Meaning): string => {
    const name = classOf(meaning);
    return name === null
      ? t(`bring.meaning.${meaning as 'foreground'}`)
      : t('bring.meaning.class', { name });
  };
  return (
    <fieldset className="plain-fieldset">
      <legend className="label">{t('bring.outputs')}</legend>
      <span className="muted small">{t('bring.outputsHint')}</span>
      {form.outputs.map((meaning, at) => (
        <div key={at} className="row">
          <select
            className="input"
            aria-label={t('bring.output', { i: at + 1 })}
            value={meaning}
            onChange={(event) =>
              set(form.outputs.map((one, i) => (i === at ? event.target.value : one)))
            }
          >
            {meanings.map((one) => (
              <option key={one} value={one}>
                {wordOf(one)}
              </option>
            ))}
          </select>
          <button
            type="button"
            className="btn quiet small"
            aria-label={t('bring.outputRemove', { i: at + 1 })}
            onClick={() => set(form.outputs.filter((_, i) => i !== at))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div>
        <button
          type="button"
          className="btn small"
          onClick={() => set([...form.outputs, meanings[form.outputs.length] ?? meanings[0]!])}
        >
          <Icon name="plus" />
          {t('bring.outputAdd')}
        </button>
      </div>
    </fieldset>
  );
}

function Text({
  name,
  form,
  onChange,
  hint,
}: Omit<Props, 'project'> & {
  name: Exclude<keyof NetworkForm, 'outputs'>;
  hint?: string;
}): ReactElement {
  const t = useT();
  return (
    <Field label={t(`bring.${name}`)} hint={hint}>
      <input
        className="input"
        value={form[name]}
        placeholder={t('bring.unsaid')}
        onChange={(event) => onChange({ ...form, [name]: event.target.value })}
      />
    </Field>
  );
}

function Choice({
  name,
  values,
  form,
  onChange,
}: Omit<Props, 'project'> & {
  name: 'axes' | 'normalisation' | 'activation';
  values: readonly string[];
}): ReactElement {
  const t = useT();
  return (
    <Field label={t(`bring.${name}`)}>
      <select
        className="input"
        value={form[name]}
        onChange={(event) => onChange({ ...form, [name]: event.target.value })}
      >
        <option value="">{t('bring.unsaid')}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {name === 'axes' ? value : t(`bring.${name}.${value as 'none'}`)}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** What is asked of every network; the rest is under "more". */
export function NetworkFields({ project, form, onChange }: Props): ReactElement {
  const t = useT();
  const rest = { form, onChange };
  const isCells = project.task_kind === 'instance';
  return (
    <div className="stack">
      <Outputs project={project} form={form} onChange={onChange} />
      <div className="cols">
        <Choice name="axes" values={AXES} {...rest} />
        <Text name="channels" {...rest} hint={t('bring.channelsHint')} />
        <Choice name="normalisation" values={NORMALISATIONS} {...rest} />
        <Choice name="activation" values={ACTIVATIONS} {...rest} />
        {form.normalisation === 'percentiles' ? (
          <>
            <Text name="low" {...rest} />
            <Text name="high" {...rest} />
          </>
        ) : null}
        {form.normalisation === 'linear' ? (
          <>
            <Text name="gain" {...rest} hint={t('bring.perChannel')} />
            <Text name="offset" {...rest} hint={t('bring.perChannel')} />
          </>
        ) : null}
      </div>
      <details>
        <summary>{t('bring.more')}</summary>
        <div className="cols" style={{ marginTop: 10 }}>
          <Text name="tile" {...rest} hint={t('bring.tileHint')} />
          <Text name="multiple" {...rest} hint={t('bring.multipleHint')} />
          {isCells ? <Text name="diameter" {...rest} hint={t('bring.diameterHint')} /> : null}
          {isCells ? <Text name="threshold" {...rest} hint={t('bring.thresholdHint')} /> : null}
          <Text name="sha256" {...rest} hint={t('bring.sha256Hint')} />
        </div>
      </details>
    </div>
  );
}
