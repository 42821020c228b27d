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
import { useT } from '../../messages';
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

/** Where the outlines come from and why the sample is asked. */
function Reason({ task }: { task: Task }): ReactElement {
  const t = useT();
  const { assignment, proposal, sample, annotation } = task.item;
  const reason = proposal?.reason || sample.reason;
  const emptyStart = assignment ? t('panel.startEmpty') : t('panel.startCorrection');
  return (
    <section className="panel reason">
      {reason ? <p>{reason}</p> : null}
      <p className="small muted">
        {proposal ? t('panel.start', { source: proposal.source }) : emptyStart}
      </p>
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
        <Reason task={task} />
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
