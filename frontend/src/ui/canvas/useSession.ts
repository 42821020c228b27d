/** React's view of a session: its snapshots. */
import { useSyncExternalStore } from 'react';

import type { Session, Snapshot } from '../../engine/session';

export function useSnapshot(session: Session): Snapshot {
  return useSyncExternalStore(session.subscribe, session.snapshot);
}
