/** Place, cell and intensities under the pointer: drawn by itself, so that moving the pointer draws nothing else of the page. */
import { useSyncExternalStore, type ReactElement } from 'react';

import { formatIntensity } from '../../engine/view/readout';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

export function Readout({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const { readout } = session.views;
  const { contrast } = useSnapshot(session);
  const reading = useSyncExternalStore(readout.subscribe, readout.reading);
  if (!reading) return null;
  const { x, y, values, label } = reading;
  return (
    <span className="readout">
      <span>
        x {x} y {y}
      </span>
      {contrast.map((channel, index) => (
        <span key={index} className="truncate">
          <i style={{ background: channel.color }} aria-hidden="true" />
          {contrast.length > 1 ? `${channel.name} ` : null}
          <b>{values ? formatIntensity(values[index]!) : '…'}</b>
        </span>
      ))}
      {label ? <span>{t('readout.cell', { n: label })}</span> : null}
    </span>
  );
}
