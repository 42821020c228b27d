/** A value to copy. Works without the clipboard API too, which plain http does not offer. */
import { useRef, type ReactElement } from 'react';

import { t as now, useT } from '../messages';
import { toast } from './toasts';

/** Copy text; answers whether the browser let us. */
export async function copyText(text: string, field: HTMLInputElement | null): Promise<boolean> {
  if (window.isSecureContext && 'clipboard' in navigator) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by a permission: the old way below may still work.
    }
  }
  if (!field) return false;
  field.select();
  // Deprecated, but the only way on plain http, where a lab's server often is.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return document.execCommand('copy');
}

export function CopyBox({ label, value }: { label: string; value: string }): ReactElement {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const copy = async (): Promise<void> => {
    const copied = await copyText(value, field.current);
    toast(now(copied ? 'do.copied' : 'do.copyFailed'), copied ? 'ok' : 'info');
  };
  return (
    <div className="notice ok stack">
      <b>{label}</b>
      <div className="row">
        <input
          ref={field}
          className="input mono"
          readOnly
          value={value}
          aria-label={label}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="btn" onClick={() => void copy()}>
          {t('do.copy')}
        </button>
      </div>
    </div>
  );
}
