/** The picture of a session that the page draws, put together from what its parts know. */
import type { Session } from './session';
import type { Snapshot } from './snapshot';

/** What only the session itself knows. */
export type OwnState = Pick<Snapshot, 'loading' | 'zoom' | 'note' | 'otherTab' | 'question'>;

export function describe(session: Session, own: OwnState): Snapshot {
  const { editor, sync, source, display, census, labelView, toolbox, timeline } = session;
  return {
    ...own,
    tool: toolbox.name,
    cursor: session.cursor.state,
    radius: editor.radius,
    options: editor.options,
    pieces: session.pieces.notice,
    dial: toolbox.tool.dial?.() ?? null,
    answeredBy: toolbox.tool.answeredBy?.() ?? null,
    selected: editor.selected,
    selectedClass: editor.classes.get(editor.selected) ?? null,
    activeClass: editor.activeClass,
    canUndo: timeline.canUndo,
    canRedo: timeline.canRedo,
    ...display.channels.state,
    style: display.style,
    ...labelView.state,
    views: session.views.state,
    slice: editor.currentSlice,
    frames: source.frames,
    depth: source.depth,
    objects: census.objects.size,
    classCounts: census.byClass((label) => editor.classes.get(label)),
    save: sync.state,
    saveDetail: sync.detail,
    pending: sync.kept,
    durable: sync.durable,
    proposals: session.proposals.state,
  };
}
