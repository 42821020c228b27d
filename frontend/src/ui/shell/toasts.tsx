/** Short messages in the corner. A plain store, so that code outside components may use it too. */
import { useSyncExternalStore, type ReactElement } from 'react';

import { useT } from '../messages';
import { Icon } from './Icon';

export type ToastTone = 'info' | 'ok' | 'bad';

interface ToastItem {
  id: number;
  text: string;
  tone: ToastTone;
}

const SHOWN_MS = 6000;
let items: readonly ToastItem[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly ToastItem[]): void {
  items = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  change(items.filter((item) => item.id !== id));
}

/** Show a message for a few seconds; errors stay until they are closed. */
export function toast(text: string, tone: ToastTone = 'info'): void {
  if (items.some((item) => item.text === text && item.tone === tone)) return;
  const id = nextId++;
  change([...items.slice(-3), { id, text, tone }]);
  if (tone !== 'bad') setTimeout(() => dismiss(id), SHOWN_MS);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts(): ReactElement {
  const t = useT();
  const shown = useSyncExternalStore(subscribe, () => items);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((item) => (
        <div key={item.id} className={`toast ${item.tone}`}>
          <span className="grow">{item.text}</span>
          <button
            type="button"
            className="btn quiet small"
            aria-label={t('do.close')}
            onClick={() => dismiss(item.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
