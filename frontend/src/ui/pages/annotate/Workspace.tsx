/** One sample under work: tools, picture, panels. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';

import type { LabelClass, Project } from '../../../api';
import { Canvas } from '../../canvas/Canvas';
import { CheatSheet } from '../../canvas/CheatSheet';
import { CellPanel } from '../../canvas/CellPanel';
import { ClassesPanel } from '../../canvas/ClassesPanel';
import { CommandPalette } from '../../canvas/CommandPalette';
import { CursorReadout } from '../../canvas/CursorReadout';
import { HistoryPanel } from '../../canvas/HistoryPanel';
import { InstructionsPanel } from '../../canvas/InstructionsPanel';
import { LabelsPanel } from '../../canvas/LabelsPanel';
import { LayersPanel } from '../../canvas/LayersPanel';
import { NotesPanel } from '../../canvas/NotesPanel';
import { PicturePanel } from '../../canvas/PicturePanel';
import { ToolOptionsBar } from '../../canvas/ToolOptions';
import { ProposalsPanel } from '../../canvas/ProposalsPanel';
import { Readout } from '../../canvas/Readout';
import { Sections } from '../../canvas/Sections';
import { StackPanel } from '../../canvas/StackPanel';
import { Toolbar } from '../../canvas/Toolbar';
import { useSnapshot } from '../../canvas/useSession';
import type { Item } from '../../../engine/sync/tasks';
import { useT, type Translate } from '../../messages';
import { Hint, Notices } from './Notices';
import { SkipDialog } from './SkipDialog';
import { useKeys } from './useKeys';
import type { Course, Task } from './useTask';
import { WorkBar } from './WorkBar';

interface Props {
  project: Project;
  task: Task;
  course: Course;
  isCorrection: boolean;
}

/** What one begins with. */
function startOf(t: Translate, { assignment, proposal }: Item, kind: Project['task_kind']): string {
  if (proposal) {
    const model = /^model (\d+)$/.exec(proposal.source);
    if (model) return t('panel.startModel', { n: Number(model[1]) });
    if (proposal.objects.length > 0) return t('panel.startZero');
  }
  if (!assignment) return t('panel.startCorrection');
  return t(kind === 'semantic' ? 'panel.startUnpainted' : 'panel.startEmpty');
}

/** Where the outlines come from and why the sample is asked. */
function Reason({ task, kind }: { task: Task; kind: Project['task_kind'] }): ReactElement {
  const t = useT();
  const { proposal, sample, annotation } = task.item;
  const reason = proposal?.reason || sample.reason;
  return (
    <section className="panel reason">
      {reason ? <p>{reason}</p> : null}
      <p className="small muted">{startOf(t, task.item, kind)}</p>
      {annotation.note ? <p>{t('panel.note', { note: annotation.note })}</p> : null}
    </section>
  );
}

function Tip({ task, classes }: { task: Task; classes: LabelClass[] }): ReactElement {
  const t = useT();
  const { tool, zoom } = useSnapshot(task.session);
  return (
    <div className="work-tip">
      <span className="truncate">{t(`tip.${tool}`)}</span>
      <CursorReadout session={task.session} classes={classes} />
      <Readout session={task.session} />
      <span className="zoom">{Math.round(zoom * 100)} %</span>
    </div>
  );
}

export function Workspace({ project, task, course, isCorrection }: Props): ReactElement {
  const { session, item, effort } = task;
  const [dialog, setDialog] = useState<'skip' | 'help' | 'palette' | null>(null);
  const { submit, skip } = course;
  const page = useMemo(
    () => ({
      submit: () => void submit(),
      skip: isCorrection ? null : () => setDialog('skip'),
      help: () => setDialog('help'),
      palette: () => setDialog('palette'),
    }),
    [submit, isCorrection],
  );
  const active = useCallback(() => effort.touch(), [effort]);
  useKeys(session, project.classes, active, page);
  const closeDialog = (): void => setDialog(null);
  return (
    <div className="work">
      <WorkBar
        session={session}
        course={course}
        name={item.image.name}
        isCorrection={isCorrection}
        onSkip={page.skip}
        onHelp={page.help}
        onPalette={page.palette}
      />
      <Toolbar session={session} />
      <ToolOptionsBar session={session} />
      <div className="work-picture">
        <Canvas key={item.annotation.id} session={session} />
        <Sections session={session} />
        <Tip task={task} classes={project.classes} />
        <Hint session={session} />
        <Notices session={session} course={course} />
      </div>
      <aside className="work-side">
        <Reason task={task} kind={project.task_kind} />
        <InstructionsPanel project={project} />
        <NotesPanel notes={session.notes} />
        <StackPanel session={session} />
        <ProposalsPanel session={session} />
        <ClassesPanel session={session} classes={project.classes} />
        <PicturePanel session={session} />
        <LabelsPanel session={session} />
        <CellPanel session={session} />
        <LayersPanel session={session} />
        <HistoryPanel session={session} />
      </aside>
      {dialog === 'help' ? <CheatSheet classes={project.classes} onClose={closeDialog} /> : null}
      {dialog === 'palette' ? (
        <CommandPalette
          work={{ session, shown: session.snapshot(), page }}
          classes={project.classes}
          onClose={closeDialog}
        />
      ) : null}
      {dialog === 'skip' ? (
        <SkipDialog
          onClose={closeDialog}
          onSkip={(why) => {
            closeDialog();
            void skip(why);
          }}
        />
      ) : null}
    </div>
  );
}
