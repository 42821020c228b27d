import { useState, type ReactElement } from 'react';

import { api } from '../../../api';
import { useT } from '../../messages';
import { FormError, useForm } from '../../shell/forms';
import { useRefreshSession } from '../../shell/session';
import { TextField } from './fields';

/** User name and password; `onSignedIn` is called once the session is known to the pages. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }): ReactElement {
  const t = useT();
  const refresh = useRefreshSession();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm(async () => {
    await api.post('auth/login', { username, password });
    await refresh();
    onSignedIn();
  });
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <TextField
        label="signin.username"
        autoComplete="username"
        autoFocus
        required
        value={username}
        onChange={setUsername}
      />
      <TextField
        label="signin.password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={setPassword}
      />
      <FormError error={form.error} />
      <button type="submit" className="btn primary" disabled={form.busy}>
        {t('signin.submit')}
      </button>
    </form>
  );
}
