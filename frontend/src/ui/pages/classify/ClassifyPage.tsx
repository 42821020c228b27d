/** The classification page: many pictures, one key per class. */
import { useCallback, useState, useSyncExternalStore, type ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';

import type { Project } from '../../../api';
import type { Batch, BatchSnapshot } from '../../../engine/grid/batch';
import type { GridLook } from '../../../engine/grid/gridLook';
import '../../canvas/canvas.css';
import { SaveState } from '../../canvas/SaveState';
import { UndoRedo } from '../../canvas/UndoRedo';
import { keyLabel, useBindings } from '../../keymap';
import { useT } from '../../messages';
import { useProject } from '../../shell/queries';
import { Empty, ErrorState, LoadingPage } from '../../shell/states';
import { EmptyQueue } from '../annotate/EmptyQueue';
import { useGridChoices } from './choices';
import { Grid } from './Grid';
import './classify.css';
import { Notices } from './Notices';
import { SidePanel } from './SidePanel';
import { useBatch, type BatchCourse } from './useBatch';
import { useClassifyKeys } from './useClassifyKeys';
import { useOrder } from './useOrder';

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
  const { id, classes, multi_label: several } = project;
  const onCorrected = useCallback(() => void navigate(`/projects/${id}/review`), [navigate, id]);
  const course = useBatch({ projectId: id, classes, several, sampleId, onCorrected });
  const { phase } = course;
  if (phase.kind === 'working') {
    const { batch, look } = phase;
    const key = batch.items[0]!.annotation.id;
    return <Work key={key} project={project} batch={batch} look={look} course={course} />;
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
  look: GridLook;
  course: BatchCourse;
}

function Work({ project, batch, look, course }: WorkProps): ReactElement {
  const snapshot = useSyncExternalStore(batch.subscribe, batch.snapshot);
  const shown = useSyncExternalStore(look.subscribe, look.snapshot);
  const [choices, setChoices] = useGridChoices();
  const order = useOrder(batch, project.id, choices.order);
  const [single, setSingle] = useState(batch.items.length === 1);
  const { submit } = course;
  const hand = useCallback(() => void submit(), [submit]);
  useClassifyKeys(batch, hand);
  return (
    <div className="work classify">
      <Bar
        batch={batch}
        snapshot={snapshot}
        course={course}
        single={single}
        onSingle={() => setSingle(!single)}
        onSubmit={hand}
      />
      <div className="work-picture crops">
        <Notices batch={batch} snapshot={snapshot} course={course} />
        <Grid batch={batch} snapshot={snapshot} look={shown} single={single} size={choices.size} />
      </div>
      <SidePanel
        project={project}
        batch={batch}
        snapshot={snapshot}
        look={look}
        choices={choices}
        order={order}
        onChoices={setChoices}
      />
    </div>
  );
}

interface BarProps {
  batch: Batch;
  snapshot: BatchSnapshot;
  course: BatchCourse;
  single: boolean;
  onSingle: () => void;
  onSubmit: () => void;
}

function Bar({ batch, snapshot, course, single, onSingle, onSubmit }: BarProps): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const waits = course.submitting && snapshot.save !== 'saved';
  const label = course.submitting
    ? t(waits ? 'work.waiting' : 'work.submitting')
    : t('classify.submit');
  const selected = snapshot.selected.size;
  return (
    <div className="work-bar">
      <span className="name">
        {t('classify.count', { n: snapshot.chosen, total: batch.items.length })}
      </span>
      <SaveState state={snapshot} />
      {selected > 0 ? (
        <>
          <span className="chip">{t('classify.selected', { n: selected })}</span>
          <button type="button" className="btn small" onClick={() => batch.deselect()}>
            {t('classify.deselect')} <kbd>Esc</kbd>
          </button>
        </>
      ) : null}
      <span className="spacer" />
      {course.done > 0 ? (
        <span className="muted small nowrap">{t('work.done', { n: course.done })}</span>
      ) : null}
      <button type="button" className="btn small" aria-pressed={single} onClick={onSingle}>
        {t(single ? 'classify.grid' : 'classify.single')}
      </button>
      <UndoRedo steps={snapshot} on={batch} />
      <button
        type="button"
        className="btn primary small"
        disabled={course.submitting || snapshot.chosen === 0 || snapshot.asked.size > 0}
        onClick={onSubmit}
      >
        {label} <kbd>{keyLabel(bindings['work.submit'])}</kbd>
      </button>
    </div>
  );
}
