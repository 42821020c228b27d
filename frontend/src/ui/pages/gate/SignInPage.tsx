import { useEffect, type ReactElement } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';

import { useT } from '../../messages';
import { safeNext, useSession } from '../../shell/session';
import { ErrorState, LoadingPage } from '../../shell/states';
import { GateCard } from './GateCard';
import { SignInForm } from './SignInForm';

export function SignInPage(): ReactElement {
  const t = useT();
  const session = useSession();
  const navigate = useNavigate();
  const next = safeNext(useSearchParams()[0].get('next'));
  useEffect(() => {
    document.title = `${t('signin.title')} - Cytoloop`;
  }, [t]);
  if (session.isPending) return <LoadingPage />;
  if (session.isError) {
    return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  }
  if (session.data.setup_needed) return <Navigate to="/setup" replace />;
  if (session.data.user) return <Navigate to={next} replace />;
  return (
    <GateCard title={t('signin.title')}>
      <SignInForm onSignedIn={() => void navigate(next, { replace: true })} />
      <p className="muted small">{t('signin.help')}</p>
    </GateCard>
  );
}
