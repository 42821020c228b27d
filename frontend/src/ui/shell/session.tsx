/** Who is signed in; guards that lead to set-up, to sign-in or to the page. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import {
  createContext,
  useContext,
  useEffect,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import { Navigate, useLocation } from 'react-router';

import { api, onSignedOut, setCsrf, type SessionState, type User } from '../../api';
import { setPerson } from './personal';
import { ErrorState, LoadingPage } from './states';
import { SessionEnded } from './SessionEnded';

const SESSION_KEY = ['session'] as const;

export function useSession(): UseQueryResult<SessionState> {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async () => {
      const session = await api.get<SessionState>('auth/session');
      setCsrf(session.csrf);
      return session;
    },
    staleTime: 60_000,
  });
}

/** After signing in or out: ask the session again and forget what the last person saw. */
export function useRefreshSession(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.refetchQueries({ queryKey: SESSION_KEY });
    await client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  };
}

const UserContext = createContext<User | null>(null);

/** The signed-in person; only inside `RequireUser`. */
export function useUser(): User {
  const user = useContext(UserContext);
  if (!user) throw new Error('useUser needs RequireUser around it');
  return user;
}

/** Show the page to a signed-in person, else set-up or sign-in, which lead back here. */
export function RequireUser({ children }: { children: ReactNode }): ReactElement {
  const session = useSession();
  const location = useLocation();
  const [ended, setEnded] = useState(false);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  const person = session.data?.user?.id;
  useEffect(() => {
    if (person !== undefined) setPerson(person);
  }, [person]);
  if (session.isPending) return <LoadingPage />;
  if (session.isError)
    return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data.setup_needed) return <Navigate to="/setup" replace />;
  const user = session.data.user;
  if (!user) {
    const next = encodeURIComponent(location.pathname + location.search);
    return <Navigate to={location.pathname === '/' ? '/signin' : `/signin?next=${next}`} replace />;
  }
  return (
    <UserContext value={user}>
      {children}
      {ended ? <SessionEnded username={user.username} onSignedIn={() => setEnded(false)} /> : null}
    </UserContext>
  );
}

/** The path after signing in: only a path of this site, never another address. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}
