/** A reviewer's notes on the picture, as the annotator sees them. */
export const notes = {
  'notes.title': 'Notes of the reviewer',
  'notes.open': '{n} open',
  'notes.allDone': 'all done',
  'notes.done': 'Note {n} is done',
  'view.nextNote': 'Next note of the reviewer',
  'view.previousNote': 'Previous note of the reviewer',
  'edit.tickNote': 'Tick the note, or take the tick away',
  'why.noNotes': 'There are no notes on this picture.',
  'why.noNote': 'Go to a note first.',
};
