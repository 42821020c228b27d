/** Asks for the map of uncertainty beside what is predicted. */
import type { ReactElement } from 'react';

import { useT } from '../../messages';

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function UncertaintyBox({ checked, onChange }: Props): ReactElement {
  const t = useT();
  return (
    <label className="row small">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {t('use.unsure')}
    </label>
  );
}
