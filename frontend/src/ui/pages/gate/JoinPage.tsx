/** Where an invitation link leads: join with the account one has, or make one. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { api, type InvitationPreview, type User } from '../../../api';
import { useT } from '../../messages';
import { FormError, useForm } from '../../shell/forms';
import { useRefreshSession, useSession } from '../../shell/session';
import { ErrorState, LoadingPage } from '../../shell/states';
import { AccountFields, type Account } from './fields';
import { GateCard } from './GateCard';
import { SignInForm } from './SignInForm';

function Invited({ preview }: { preview: InvitationPreview }): ReactElement {
  const t = useT();
  const role = preview.project_role ?? preview.role ?? 'member';
  return (
    <p>
      {preview.project
        ? t('join.project', { project: preview.project, lab: preview.lab, role: t(`role.${role}`) })
        : t('join.lab', { lab: preview.lab, role: t(`role.${role}`) })}
    </p>
  );
}

function SignUpForm({ token }: { token: string }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const refresh = useRefreshSession();
  const [account, setAccount] = useState<Account>({ username: '', email: '', password: '' });
  const form = useForm(async () => {
    const answer = await api.post<{ redirect?: string }>('auth/signup', { token, ...account });
    await refresh();
    void navigate(answer.redirect ?? '/', { replace: true });
  });
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <AccountFields value={account} onChange={setAccount} fieldError={form.fieldError} />
      <FormError error={form.error} />
      <button type="submit" className="btn primary" disabled={form.busy}>
        {t('join.submit')}
      </button>
    </form>
  );
}

function AcceptForm({ token, user }: { token: string; user: User }): ReactElement {
  const t = useT();
  const navigate = useNavigate();
  const refresh = useRefreshSession();
  const form = useForm(async () => {
    const answer = await api.post<{ redirect?: string } | undefined>('invitations/accept', {
      token,
    });
    await refresh();
    void navigate(answer?.redirect ?? '/', { replace: true });
  });
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <button type="submit" className="btn primary" disabled={form.busy}>
        {t('join.accept', { name: user.username })}
      </button>
    </form>
  );
}

function NewOrKnown({ token }: { token: string }): ReactElement {
  const t = useT();
  const [known, setKnown] = useState(false);
  return (
    <>
      {known ? <SignInForm onSignedIn={() => undefined} /> : <SignUpForm token={token} />}
      <button type="button" className="btn quiet" onClick={() => setKnown(!known)}>
        {t(known ? 'join.noAccount' : 'join.haveAccount')}
      </button>
    </>
  );
}

export function JoinPage(): ReactElement {
  const t = useT();
  const token = useSearchParams()[0].get('token') ?? '';
  const session = useSession();
  const preview = useQuery({
    queryKey: ['invitation', token],
    enabled: token !== '',
    queryFn: () => api.get<InvitationPreview>('invitations/preview', { token }),
  });
  if (!token) {
    return (
      <GateCard title={t('join.invalid')}>
        <p className="muted">{t('join.missing')}</p>
      </GateCard>
    );
  }
  if (preview.isError) {
    return (
      <GateCard title={t('join.invalid')}>
        <ErrorState error={preview.error} />
      </GateCard>
    );
  }
  if (!preview.data || session.isPending) return <LoadingPage />;
  if (!preview.data.valid) {
    return (
      <GateCard title={t('join.invalid')}>
        <p className="muted">{preview.data.reason || t('join.invalidText')}</p>
      </GateCard>
    );
  }
  const user = session.data?.user;
  return (
    <GateCard title={t('join.title')}>
      <Invited preview={preview.data} />
      {user ? <AcceptForm token={token} user={user} /> : <NewOrKnown token={token} />}
    </GateCard>
  );
}
