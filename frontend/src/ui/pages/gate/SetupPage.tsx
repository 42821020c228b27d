/** First set-up of an empty site: an account and a lab, then straight to the new project. */
import { useState, type ReactElement } from 'react';
import { Navigate } from 'react-router';

import { api } from '../../../api';
import { useT } from '../../messages';
import { FormError, useForm } from '../../shell/forms';
import { useRefreshSession, useSession } from '../../shell/session';
import { LoadingPage } from '../../shell/states';
import { AccountFields, TextField, type Account } from './fields';
import { GateCard } from './GateCard';

export function SetupPage(): ReactElement {
  const t = useT();
  const session = useSession();
  const [made, setMade] = useState(false);
  const refresh = useRefreshSession();
  const [account, setAccount] = useState<Account>({ username: '', email: '', password: '' });
  const [lab, setLab] = useState(t('setup.labDefault'));
  const form = useForm(async () => {
    await api.post('auth/setup', { ...account, lab_name: lab });
    setMade(true);
    await refresh();
  });
  if (session.isPending) return <LoadingPage />;
  if (session.data && !session.data.setup_needed && !form.busy) {
    return <Navigate to={made ? '/projects/new' : '/'} replace />;
  }
  return (
    <GateCard title={t('setup.title')}>
      <p className="muted">{t('setup.lead')}</p>
      <form className="stack" onSubmit={form.onSubmit}>
        <AccountFields value={account} onChange={setAccount} fieldError={form.fieldError} />
        <TextField
          label="setup.lab"
          hint="setup.labHint"
          autoComplete="organization"
          required
          value={lab}
          error={form.fieldError('lab_name')}
          onChange={setLab}
        />
        <FormError error={form.error} />
        <button type="submit" className="btn primary" disabled={form.busy}>
          {t('setup.submit')}
        </button>
      </form>
    </GateCard>
  );
}
