/** Loads the project of the address once for the page inside it. */
import { Suspense, type ComponentType, type ReactElement } from 'react';
import { useParams } from 'react-router';

import type { Project } from '../../api';
import { useProject } from './queries';
import { ErrorState, LoadingPage, NotFound } from './states';

export interface ProjectPageProps {
  project: Project;
}

export function WithProject({
  page: Page,
}: {
  page: ComponentType<ProjectPageProps>;
}): ReactElement {
  const id = Number(useParams().projectId);
  const valid = Number.isInteger(id) && id > 0;
  const query = useProject(valid ? id : 0);
  if (!valid) return <NotFound />;
  if (query.data) {
    return (
      <Suspense fallback={<LoadingPage />}>
        <Page key={id} project={query.data} />
      </Suspense>
    );
  }
  if (query.isError) {
    return (
      <div className="page">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  return <LoadingPage />;
}
