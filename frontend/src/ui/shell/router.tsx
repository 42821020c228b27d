/** Which address shows which page. Pages of a project are loaded when they are first needed. */
import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';
import { createBrowserRouter, useParams, type RouteObject } from 'react-router';

import { AccountPage } from '../pages/account/AccountPage';
import { JoinPage } from '../pages/gate/JoinPage';
import { SetupPage } from '../pages/gate/SetupPage';
import { SignInPage } from '../pages/gate/SignInPage';
import { HomePage } from '../pages/home/HomePage';
import { LabPage } from '../pages/members/LabPage';
import { WizardPage } from '../pages/wizard/WizardPage';
import { FullLayout } from './FullLayout';
import { Layout } from './Layout';
import { WithProject } from './WithProject';
import { LoadingPage, NotFound } from './states';

const DataPage = lazy(async () => ({
  default: (await import('../pages/data/DataPage')).DataPage,
}));
const ImagePage = lazy(async () => ({
  default: (await import('../pages/data/ImagePage')).ImagePage,
}));
const MembersPage = lazy(async () => ({
  default: (await import('../pages/members/MembersPage')).MembersPage,
}));
const ModelPage = lazy(async () => ({
  default: (await import('../pages/models/ModelPage')).ModelPage,
}));
const ModelsPage = lazy(async () => ({
  default: (await import('../pages/models/ModelsPage')).ModelsPage,
}));
const UsePage = lazy(async () => ({
  default: (await import('../pages/use/UsePage')).UsePage,
}));
const RunPage = lazy(async () => ({
  default: (await import('../pages/models/RunPage')).RunPage,
}));
const ComparePage = lazy(async () => ({
  default: (await import('../pages/models/ComparePage')).ComparePage,
}));
const BringPage = lazy(async () => ({
  default: (await import('../pages/bring/BringPage')).BringPage,
}));
const SearchPage = lazy(async () => ({
  default: (await import('../pages/search/SearchPage')).SearchPage,
}));
const OverviewPage = lazy(async () => ({
  default: (await import('../pages/overview/OverviewPage')).OverviewPage,
}));
const ReviewPage = lazy(async () => ({
  default: (await import('../pages/review/ReviewPage')).ReviewPage,
}));
const SettingsPage = lazy(async () => ({
  default: (await import('../pages/settings/SettingsPage')).SettingsPage,
}));
const AnnotatePage = lazy(async () => ({
  default: (await import('../pages/annotate/AnnotatePage')).AnnotatePage,
}));
const ClassifyPage = lazy(async () => ({
  default: (await import('../pages/classify/ClassifyPage')).ClassifyPage,
}));

function Annotate(): ReactElement {
  const { projectId, sampleId } = useParams();
  const sample = sampleId ? { sampleId: Number(sampleId) } : {};
  return (
    <Suspense fallback={<LoadingPage />}>
      <AnnotatePage key={sampleId ?? 'next'} projectId={Number(projectId)} {...sample} />
    </Suspense>
  );
}

function Classify(): ReactElement {
  const { projectId, sampleId } = useParams();
  const sample = sampleId ? { sampleId: Number(sampleId) } : {};
  return (
    <Suspense fallback={<LoadingPage />}>
      <ClassifyPage projectId={Number(projectId)} {...sample} />
    </Suspense>
  );
}

const page = (path: string, element: ReactNode): RouteObject => ({ path, element });

export const routes: RouteObject[] = [
  page('/signin', <SignInPage />),
  page('/setup', <SetupPage />),
  page('/join', <JoinPage />),
  page('/signup', <JoinPage />),
  page('/invite', <JoinPage />),
  {
    element: <FullLayout />,
    children: [
      page('/projects/:projectId/annotate', <Annotate />),
      page('/projects/:projectId/annotate/:sampleId', <Annotate />),
      page('/projects/:projectId/classify', <Classify />),
      page('/projects/:projectId/classify/:sampleId', <Classify />),
    ],
  },
  {
    element: <Layout />,
    children: [
      page('/', <HomePage />),
      page('/account', <AccountPage />),
      page('/labs/:labId', <LabPage />),
      page('/projects/new', <WizardPage />),
      page('/projects/:projectId', <WithProject page={OverviewPage} />),
      page('/projects/:projectId/data', <WithProject page={DataPage} />),
      page('/projects/:projectId/data/:imageId', <WithProject page={ImagePage} />),
      page('/projects/:projectId/review', <WithProject page={ReviewPage} />),
      page('/projects/:projectId/review/:sampleId', <WithProject page={ReviewPage} />),
      page('/projects/:projectId/models', <WithProject page={ModelsPage} />),
      page('/projects/:projectId/models/compare', <WithProject page={ComparePage} />),
      page('/projects/:projectId/models/bring', <WithProject page={BringPage} />),
      page('/projects/:projectId/models/:modelId', <WithProject page={ModelPage} />),
      page('/projects/:projectId/models/:modelId/use', <WithProject page={UsePage} />),
      page('/projects/:projectId/runs/:runId', <WithProject page={RunPage} />),
      page('/projects/:projectId/searches/:searchId', <WithProject page={SearchPage} />),
      page('/projects/:projectId/members', <WithProject page={MembersPage} />),
      page('/projects/:projectId/settings', <WithProject page={SettingsPage} />),
      page('*', <NotFound />),
    ],
  },
];

export function makeRouter(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter(routes);
}
