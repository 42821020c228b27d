/** What the pages of this browser share to keep work and settings. */
import { LookKeeper } from '../../engine/image/lookKeeper';
import { Outbox } from '../../engine/sync/outbox';

let outbox: Promise<Outbox> | null = null;

/** The outbox of this browser, opened once. */
export function openOutbox(): Promise<Outbox> {
  outbox ??= Outbox.open();
  return outbox;
}

/** How the person wants to see the pictures of each data set. */
export const looks = new LookKeeper();
