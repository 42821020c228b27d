/** What some kinds of projects can be asked beside: strokes for labels, several classes at once. */
import type { ReactElement } from 'react';

import { useT } from '../../messages';
import type { NewProject } from './defaults';

interface Props {
  value: NewProject;
  onChange: (value: NewProject) => void;
}

const OPTIONS = { semantic: 'partial', classification: 'several' } as const;

export function KindOption({ value, onChange }: Props): ReactElement | null {
  const t = useT();
  if (value.kind !== 'semantic' && value.kind !== 'classification') return null;
  const name = OPTIONS[value.kind];
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          checked={value[name]}
          aria-describedby="kind-option-hint"
          onChange={(event) => onChange({ ...value, [name]: event.target.checked })}
        />
        <span>{t(`wizard.${name}`)}</span>
      </label>
      <span id="kind-option-hint" className="muted small">
        {t(`wizard.${name}Hint`)}
      </span>
    </div>
  );
}
