/** Loading, empty and error states that all pages share. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'react-router';

import { ApiProblem } from '../../api';
import { useT } from '../messages';
import { useErrorText } from './forms';

export function Loading({ lines = 3 }: { lines?: number }): ReactElement {
  const t = useT();
  return (
    <div className="stack" role="status" aria-label={t('app.loading')}>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className="skeleton" style={{ width: `${90 - ((i * 23) % 50)}%` }} />
      ))}
    </div>
  );
}

export function LoadingPage(): ReactElement {
  return (
    <div className="page">
      <Loading lines={4} />
    </div>
  );
}

interface EmptyProps {
  title: string;
  text?: string;
  children?: ReactNode;
}

/** What is not there yet, why, and the one thing to do about it. */
export function Empty({ title, text, children }: EmptyProps): ReactElement {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {text ? <p className="muted">{text}</p> : null}
      {children}
    </div>
  );
}

export function NotFound(): ReactElement {
  const t = useT();
  return (
    <div className="page">
      <Empty title={t('notfound.title')} text={t('notfound.text')}>
        <Link className="btn" to="/">
          {t('nav.home')}
        </Link>
      </Empty>
    </div>
  );
}

export function Forbidden(): ReactElement {
  const t = useT();
  return (
    <div className="page">
      <Empty title={t('forbidden.title')} text={t('forbidden.text')} />
    </div>
  );
}

interface ErrorProps {
  error: unknown;
  onRetry?: () => void;
}

export function ErrorState({ error, onRetry }: ErrorProps): ReactElement {
  const t = useT();
  const text = useErrorText();
  if (error instanceof ApiProblem && error.status === 404) return <NotFound />;
  if (error instanceof ApiProblem && error.status === 403) return <Forbidden />;
  return (
    <div className="notice bad stack" role="alert">
      <b>{t('error.title')}</b>
      <p>{text(error)}</p>
      {onRetry ? (
        <div>
          <button type="button" className="btn" onClick={onRetry}>
            {t('do.retry')}
          </button>
        </div>
      ) : null}
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** Draw `children` once the query has data; old data stays while it is asked again. */
export function Loaded<T>({ query, lines, children }: LoadedProps<T>): ReactElement {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading {...(lines ? { lines } : {})} />;
}
