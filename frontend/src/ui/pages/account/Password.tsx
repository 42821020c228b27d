/** Another password for one's own account. */
import { useState, type ReactElement } from 'react';

import { api } from '../../../api';
import { useT } from '../../messages';
import { FormError, useForm } from '../../shell/forms';
import { toast } from '../../shell/toasts';
import { TextField } from '../gate/fields';

const EMPTY = { current: '', password: '' };

export function Password(): ReactElement {
  const t = useT();
  const [value, setValue] = useState(EMPTY);
  const form = useForm(async () => {
    await api.post('auth/password', value);
    setValue(EMPTY);
    toast(t('account.passwordChanged'), 'ok');
  });
  return (
    <section className="card">
      <header>
        <h2>{t('signin.password')}</h2>
      </header>
      <form className="stack" onSubmit={form.onSubmit}>
        <div className="cols">
          <TextField
            label="account.passwordNow"
            type="password"
            autoComplete="current-password"
            required
            value={value.current}
            error={form.fieldError('current')}
            onChange={(current) => setValue({ ...value, current })}
          />
          <TextField
            label="account.passwordNew"
            hint="setup.passwordHint"
            type="password"
            autoComplete="new-password"
            required
            minLength={10}
            value={value.password}
            error={form.fieldError('password')}
            onChange={(password) => setValue({ ...value, password })}
          />
        </div>
        <FormError error={form.error} />
        <div>
          <button type="submit" className="btn" disabled={form.busy}>
            {t('account.passwordChange')}
          </button>
        </div>
      </form>
    </section>
  );
}
