import type { ReactElement } from 'react';

import { percent } from '../../shell/format';

/** How far something is, from 0 to 1; nothing known counts as the beginning. */
export function Meter({
  fraction,
  label,
}: {
  fraction: number | null;
  label: string;
}): ReactElement {
  const share = Math.min(1, Math.max(0, fraction ?? 0));
  return (
    <div>
      <div
        className="meter"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <div className="muted small">{percent(share)}</div>
    </div>
  );
}
