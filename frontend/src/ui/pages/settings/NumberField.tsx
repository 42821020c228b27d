import type { ReactElement } from 'react';

import { Field } from '../../shell/forms';

interface Props {
  label: string;
  hint?: string;
  min: number;
  max: number;
  step?: number | 'any';
  value: number;
  onChange: (value: number) => void;
}

export function NumberField({ label, hint, onChange, ...input }: Props): ReactElement {
  return (
    <Field label={label} hint={hint}>
      <input
        className="input"
        type="number"
        required
        {...input}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </Field>
  );
}
