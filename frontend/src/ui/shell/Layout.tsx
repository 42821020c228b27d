/** The frame around every signed-in page: side bar with the project's pages, main area. */
import { type ReactElement } from 'react';
import { Link, NavLink, Outlet, useMatch, useNavigate } from 'react-router';

import { api } from '../../api';
import { useT, type MessageKey } from '../messages';
import { ErrorBoundary } from './ErrorBoundary';
import { Icon, Mark, type IconName } from './Icon';
import { useAction } from './mutate';
import { useOverview, useProject } from './queries';
import { canAnnotate, canManage, canReview } from './roles';
import { RequireUser, useRefreshSession, useUser } from './session';

interface ItemProps {
  to: string;
  icon: IconName;
  label: MessageKey;
  end?: boolean;
  count?: number | undefined;
}

function Item({ to, icon, label, end, count }: ItemProps): ReactElement {
  const t = useT();
  return (
    <NavLink
      to={to}
      end={end ?? false}
      className={({ isActive }) => `nav${isActive ? ' active' : ''}`}
    >
      <Icon name={icon} />
      {t(label)}
      {count ? <span className="count">{count}</span> : null}
    </NavLink>
  );
}

function ProjectNav({ id }: { id: number }): ReactElement | null {
  const t = useT();
  const project = useProject(id);
  const overview = useOverview(id);
  if (!project.data) return null;
  const base = `/projects/${id}`;
  const page = project.data.task_kind === 'classification' ? 'classify' : 'annotate';
  return (
    <>
      <div className="side-title">{t('nav.project')}</div>
      <div className="side-project">{project.data.name}</div>
      <Item to={base} icon="overview" label="nav.overview" end />
      {canAnnotate(project.data) ? (
        <Item to={`${base}/${page}`} icon="annotate" label="nav.annotate" />
      ) : null}
      {canReview(project.data) ? (
        <Item
          to={`${base}/review`}
          icon="review"
          label="nav.review"
          count={overview.data?.samples.in_review}
        />
      ) : null}
      <Item to={`${base}/data`} icon="data" label="nav.data" count={overview.data?.images} />
      <Item to={`${base}/models`} icon="models" label="nav.models" />
      {canManage(project.data) ? (
        <>
          <Item to={`${base}/members`} icon="members" label="nav.members" />
          <Item to={`${base}/settings`} icon="settings" label="nav.settings" />
        </>
      ) : null}
    </>
  );
}

function Side(): ReactElement {
  const t = useT();
  const user = useUser();
  const navigate = useNavigate();
  const refresh = useRefreshSession();
  const match = useMatch('/projects/:projectId/*');
  const id = Number(match?.params.projectId);
  const signOut = useAction(async () => {
    await api.post('auth/logout');
    void navigate('/signin');
    await refresh();
  });
  return (
    <nav className="side" aria-label={t('nav.label')}>
      <Link className="brand" to="/">
        <Mark />
        Cytoloop
      </Link>
      <Item to="/" icon="home" label="nav.home" end />
      {Number.isInteger(id) && id > 0 ? <ProjectNav id={id} /> : null}
      <div className="side-foot">
        <NavLink to="/account" className={({ isActive }) => `nav${isActive ? ' active' : ''}`}>
          <Icon name="account" />
          <span className="truncate">{user.display_name || user.username}</span>
        </NavLink>
        <button
          type="button"
          className="btn quiet small"
          onClick={() => signOut.mutate()}
          disabled={signOut.isPending}
        >
          <Icon name="signout" />
          {t('nav.signout')}
        </button>
      </div>
    </nav>
  );
}

export function Layout(): ReactElement {
  const t = useT();
  return (
    <RequireUser>
      <div className="app">
        <a className="skip-link" href="#main">
          {t('app.skip')}
        </a>
        <Side />
        <main className="main" id="main" tabIndex={-1}>
          <ErrorBoundary>
            <Outlet />
          </ErrorBoundary>
        </main>
      </div>
    </RequireUser>
  );
}
