/** Says when there are no samples to measure models on: their figures would be missing, or mean nothing. */
import type { ReactElement } from 'react';

import type { Overview } from '../../../api';
import { useT } from '../../messages';

const HELD_OUT = ['val', 'test'] as const;

export function HeldOutNotice({ overview }: { overview: Overview }): ReactElement | null {
  const t = useT();
  const { total, by_split } = overview.samples;
  const [first, second] = HELD_OUT.filter((split) => !by_split[split]);
  if (total === 0 || !first) return null;
  const code = second ? 'none' : first;
  return (
    <p className="notice warn" role="note">
      {t(`overview.heldOut.${code}`)}
    </p>
  );
}
