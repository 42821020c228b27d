/** The frame of the working pages (annotate, classify): one thin bar, the rest is the page's. */
import type { ReactElement } from 'react';
import { Link, Outlet, useParams } from 'react-router';

import { useT } from '../messages';
import { ErrorBoundary } from './ErrorBoundary';
import { Icon } from './Icon';
import { useProject } from './queries';
import { RequireUser } from './session';

function Bar(): ReactElement {
  const t = useT();
  const id = Number(useParams().projectId);
  const project = useProject(id);
  return (
    <header className="full-bar">
      <Link className="row" to={`/projects/${id}`}>
        <Icon name="back" />
        {t('nav.back', { name: project.data?.name ?? t('nav.project') })}
      </Link>
    </header>
  );
}

export function FullLayout(): ReactElement {
  return (
    <RequireUser>
      <div className="full">
        <Bar />
        <main className="full-body" id="main" tabIndex={-1}>
          <ErrorBoundary>
            <Outlet />
          </ErrorBoundary>
        </main>
      </div>
    </RequireUser>
  );
}
