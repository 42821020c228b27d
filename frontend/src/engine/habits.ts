/** How a session begins: with the classes that are known, and as the person worked on the sample before. */
import type { Session } from './session';
import type { Habits, SessionDeps, SessionInput } from './snapshot';

/** What goes along to the next sample. */
export function habitsOf({ toolbox, editor, display, labelView, views }: Session): Habits {
  const { radius, options } = editor;
  const { colors, tailLength } = labelView;
  const look = { style: display.style, colors: colors.mode, tailLength };
  return { tool: toolbox.name, radius, options, ...look, views: views.habits };
}

export function begin(
  session: Session,
  input: SessionInput,
  keepLook: SessionDeps['keepLook'],
): void {
  const { editor, source, display } = session;
  editor.startWith(input);
  if (input.habits) restoreHabits(session, input.habits);
  if (input.look) display.channels.restore(input.look);
  display.channels.keep = keepLook ?? null;
  // Most of a stack's cells are in its middle.
  editor.goTo({ t: 0, z: Math.floor(source.depth / 2) });
  source.goTo(editor.currentSlice);
}

function restoreHabits({ toolbox, display, labelView, views }: Session, habits: Habits): void {
  toolbox.restore(habits.tool, habits.radius, habits.options);
  display.setStyle({ ...habits.style, onlySelected: false });
  labelView.colors.choose(habits.colors);
  labelView.tailLength = habits.tailLength;
  views.restore(habits.views);
}
