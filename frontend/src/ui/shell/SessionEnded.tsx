/** Sign in again over the page, so that nothing on it is lost when a session ends. */
import { useEffect, useRef, useState, type SyntheticEvent, type ReactElement } from 'react';

import { api } from '../../api';
import { useT } from '../messages';
import { Field, FormError } from './forms';
import { useRefreshSession } from './session';

interface Props {
  username: string;
  onSignedIn: () => void;
}

export function SessionEnded({ username, onSignedIn }: Props): ReactElement {
  const t = useT();
  const refresh = useRefreshSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    try {
      await api.get('auth/session'); // a fresh CSRF cookie first: the old one went with the session
      await api.post('auth/login', { username, password });
      await refresh();
      onSignedIn();
    } catch (caught) {
      setError(caught);
    }
  };

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="ended-title"
      onCancel={(e) => e.preventDefault()}
    >
      <form className="dialog-body" onSubmit={(event) => void submit(event)}>
        <h2 id="ended-title">{t('ended.title')}</h2>
        <p className="muted">{t('ended.text')}</p>
        <Field label={t('signin.username')}>
          <input className="input" value={username} readOnly autoComplete="username" />
        </Field>
        <Field label={t('signin.password')}>
          <input
            className="input"
            type="password"
            autoComplete="current-password"
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <FormError error={error} />
        <button type="submit" className="btn primary">
          {t('signin.submit')}
        </button>
      </form>
    </dialog>
  );
}
