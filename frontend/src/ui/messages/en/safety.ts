/** Texts about work that must not be lost: notices, conflicts, history. */
export const safety = {
  'hint.read_only': 'Nothing can be changed here now: see the notice over the picture.',
  'hint.conflict_merged':
    'This sample was edited somewhere else meanwhile. Those edits were loaded beside yours; no pixel or cell was touched by both.',
  'hint.stroke_recovered':
    'The stroke that was cut off when the page closed was brought back. Undo takes it away.',
  'hint.labels_differed':
    'The outlines here differed from those stored, so the stored ones were loaded again. Look at the picture before you submit.',
  'hint.history_failed': 'The earlier history cannot be read now. Try again in a moment.',
  'tab.other':
    'This sample is open in a newer tab of this browser, which edits it now. Nothing drawn here is lost.',
  'tab.take': 'Edit here instead',
  'conflict.title': 'Edited somewhere else at the same time',
  'conflict.text':
    'Another device or browser stored edits that meet edits of yours which were not stored yet (cells changed by both: {cells}, pixels written by both: {pixels}). Look at each and keep one.',
  'conflict.show': 'Shown on the picture',
  'conflict.theirs': 'The stored edits',
  'conflict.mine': 'My edits on top',
  'conflict.both': 'Mine where they do not touch',
  'conflict.keep': 'Keep what is shown',
  'history.title': 'History',
  'history.text':
    'Going back is an edit like others: nothing is deleted from the history, and undo takes it back.',
  'history.empty': 'Nothing was drawn on this sample yet.',
  'history.more': 'Show older ones',
  'history.restore': 'Go back to this',
  'history.restored': 'The outlines are as they were then. Undo takes it back.',
  'history.started': 'Start',
  'history.checkpoint': 'Kept on the way',
  'history.submitted': 'Submitted',
  'history.sent_back': 'Sent back by a reviewer',
  'history.restoredVersion': 'Went back to an earlier version',
  'history.edits': 'after {n} edit|after {n} edits',
  'history.cells': '{n} cell|{n} cells',
};
