/** A choice of what a training starts from. */
import type { ReactElement } from 'react';

import type { Id, ProjectStart } from '../../../api';
import { useT } from '../../messages';
import { startKey, startWords } from './starts';

interface Props {
  id?: string;
  answer: ProjectStart;
  project: Id;
  value: string;
  /** Words for leaving it to the project, where that is a choice. */
  unset?: string;
  onChange: (key: string) => void;
}

export function StartSelect({ id, answer, project, value, unset, onChange }: Props): ReactElement {
  const t = useT();
  const fixed = (['auto', 'scratch', 'champion'] as const).map((kind) => ({ kind, id: null }));
  const offered = unset === undefined ? fixed : fixed.slice(1);
  const named = answer.options.map(({ kind, id: of }) => ({ kind, id: of }));
  return (
    <select
      id={id}
      className="input"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {unset === undefined ? null : <option value="">{unset}</option>}
      {[...offered, ...named].map((start) => (
        <option key={startKey(start)} value={startKey(start)}>
          {startWords(t, start, answer.options, project)}
        </option>
      ))}
    </select>
  );
}
