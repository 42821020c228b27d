/** The classification page: many pictures, one key per class. */
import { useCallback, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';

import type { Project } from '../../../api';
import type { Batch } from '../../../engine/batch';
import '../../canvas/canvas.css';
import { SaveState } from '../../canvas/SaveState';
import { keyLabel, useBindings } from '../../keymap';
import { useT } from '../../messages';
import { useProject } from '../../shell/queries';
import { Empty, ErrorState, LoadingPage } from '../../shell/states';
import { EmptyQueue } from '../annotate/EmptyQueue';
import type { Look } from './CropView';
import { Grid } from './Grid';
import './classify.css';
import { SidePanel } from './SidePanel';
import { useBatch, type BatchCourse } from './useBatch';
import { useClassifyKeys } from './useClassifyKeys';

interface Props {
  projectId: number;
  /** In review: the sample to correct. */
  sampleId?: number;
}

export function ClassifyPage({ projectId, sampleId }: Props): ReactElement {
  const t = useT();
  const project = useProject(projectId);
  if (project.isError && !project.data) {
    return (
      <div className="page">
        <ErrorState error={project.error} onRetry={() => void project.refetch()} />
      </div>
    );
  }
  if (!project.data) return <LoadingPage />;
  if (project.data.classes.length === 0) {
    return (
      <div className="page">
        <Empty title={t('classify.noClasses')}>
          <Link className="btn primary" to={`/projects/${projectId}/settings`}>
            {t('nav.settings')}
          </Link>
        </Empty>
      </div>
    );
  }
  return <Course project={project.data} sampleId={sampleId} />;
}

interface CourseProps {
  project: Project;
  sampleId: number | undefined;
}

function Course({ project, sampleId }: CourseProps): ReactElement {
  const navigate = useNavigate();
  const { id, classes } = project;
  const onCorrected = useCallback(() => void navigate(`/projects/${id}/review`), [navigate, id]);
  const course = useBatch({ projectId: id, classes, sampleId, onCorrected });
  const { phase } = course;
  if (phase.kind === 'working') {
    const key = phase.batch.items[0]!.annotation.id;
    return <Work key={key} project={project} batch={phase.batch} course={course} />;
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

interface WorkProps {
  project: Project;
  batch: Batch;
  course: BatchCourse;
}

function Work({ project, batch, course }: WorkProps): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const snapshot = useSyncExternalStore(batch.subscribe, batch.snapshot);
  const [look, setLook] = useState<Look>({ window: 'image', gamma: 1 });
  const [single, setSingle] = useState(batch.items.length === 1);
  const { submit } = course;
  const hand = useCallback(() => void submit(), [submit]);
  useClassifyKeys(batch, hand);
  const waits = course.submitting && snapshot.save !== 'saved';
  const label = course.submitting
    ? t(waits ? 'work.waiting' : 'work.submitting')
    : t('classify.submit');
  return (
    <div className="work classify">
      <div className="work-bar">
        <span className="name">
          {t('classify.count', { n: snapshot.chosen, total: batch.items.length })}
        </span>
        <SaveState state={snapshot} />
        <span className="spacer" />
        {course.done > 0 ? (
          <span className="muted small nowrap">{t('work.done', { n: course.done })}</span>
        ) : null}
        <button
          type="button"
          className="btn small"
          aria-pressed={single}
          onClick={() => setSingle(!single)}
        >
          {t(single ? 'classify.grid' : 'classify.single')}
        </button>
        <button
          type="button"
          className="btn small"
          disabled={!snapshot.canUndo}
          onClick={() => batch.undo()}
        >
          {t('classify.undo')} <kbd>{keyLabel(bindings['edit.undo'])}</kbd>
        </button>
        <button
          type="button"
          className="btn primary small"
          disabled={course.submitting || snapshot.chosen === 0}
          onClick={hand}
        >
          {label} <kbd>{keyLabel(bindings['work.submit'])}</kbd>
        </button>
      </div>
      <div className="work-picture crops">
        <Notices course={course} />
        <Grid batch={batch} snapshot={snapshot} look={look} single={single} />
      </div>
      <SidePanel project={project} batch={batch} snapshot={snapshot} look={look} onLook={setLook} />
    </div>
  );
}

function Notices({ course }: { course: BatchCourse }): ReactElement {
  const t = useT();
  const { refused, lost } = course;
  return (
    <>
      {lost ? (
        <p className="notice warn" role="alert">
          {t('lease.lost')}
        </p>
      ) : null}
      {refused ? (
        <p className="notice bad" role="alert">
          {t('classify.failed', { n: refused.count, detail: refused.detail })}
        </p>
      ) : null}
    </>
  );
}
