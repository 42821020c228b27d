/** The annotation page: the next sample of the project, or one that a reviewer corrects. */
import { useCallback, type ReactElement } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';

import type { Project } from '../../../api';
import '../../canvas/canvas.css';
import { useProject } from '../../shell/queries';
import { ErrorState, LoadingPage } from '../../shell/states';
import { EmptyQueue } from './EmptyQueue';
import { placeOf } from './place';
import { useTask } from './useTask';
import { Workspace } from './Workspace';

interface Props {
  projectId: number;
  /** In review: the sample to correct. */
  sampleId?: number;
}

export function AnnotatePage({ projectId, sampleId }: Props): ReactElement {
  const project = useProject(projectId);
  if (project.data?.task_kind === 'classification') {
    const sample = sampleId === undefined ? '' : `/${sampleId}`;
    return <Navigate replace to={`/projects/${projectId}/classify${sample}`} />;
  }
  if (project.data) return <Course project={project.data} sampleId={sampleId} />;
  if (project.isError) {
    return (
      <div className="page">
        <ErrorState error={project.error} onRetry={() => void project.refetch()} />
      </div>
    );
  }
  return <LoadingPage />;
}

interface CourseProps {
  project: Project;
  sampleId: number | undefined;
}

function Course({ project, sampleId }: CourseProps): ReactElement {
  const navigate = useNavigate();
  const { id, classes } = project;
  const onCorrected = useCallback(() => void navigate(`/projects/${id}/review`), [navigate, id]);
  // Only one sample has the place; the queue's next one has others.
  const place = placeOf(useSearchParams()[0]);
  const course = useTask({
    ...{ projectId: id, classes, sampleId, onCorrected },
    place: sampleId === undefined ? null : place,
  });
  const { phase } = course;
  if (phase.kind === 'working') {
    return (
      <Workspace
        key={phase.task.item.annotation.id}
        project={project}
        task={phase.task}
        course={course}
        isCorrection={sampleId !== undefined}
      />
    );
  }
  if (phase.kind === 'empty') {
    return <EmptyQueue projectId={id} reason={phase.reason} onAgain={course.again} />;
  }
  if (phase.kind === 'failed') {
    return (
      <div className="page">
        <ErrorState error={phase.error} onRetry={course.again} />
      </div>
    );
  }
  return <LoadingPage />;
}
