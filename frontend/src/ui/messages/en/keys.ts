/** Commands, their keys, and why one cannot be done now. */
export const keys = {
  'keys.title': 'Keys and gestures',
  'keys.change':
    'Click a key to change it; then press the new one. Escape keeps it, Backspace switches it off.',
  'keys.press': 'Press a key',
  'keys.none': 'off',
  'keys.reset': 'All keys as they were',
  'keys.bind': 'Change the key for: {name}',
  'keys.groupTools': 'Tools',
  'keys.groupEdit': 'Edit',
  'keys.groupView': 'View',
  'keys.groupWork': 'Work',
  'keys.gestures': 'Gestures',
  'keys.wheel': 'Wheel: zoom. Shift and wheel: brush size.',
  'keys.space': 'Hold Space and drag, or drag with the middle button: move the picture.',
  'keys.shift': 'Shift while painting: go on with the selected cell, wherever you start.',
  'keys.classes': 'Class keys (1, 2, ...): class of the selected cell and of new ones.',
  'keys.escape': 'Escape: give up what was begun, or select nothing.',

  'why.nothingToUndo': 'There is nothing to undo.',
  'why.nothingToRedo': 'There is nothing to redo.',
  'why.noneSelected': 'Select a cell first.',
  'why.noSlices': 'This picture has one slice only.',
  'why.noFrames': 'This picture has one frame only.',
  'why.otherTab': 'This sample is open in another tab. Choose “Edit here instead” first.',
  'why.loading': 'The outlines are still loading.',
  'why.correction': 'A correction cannot be skipped. Go back to Review to leave it.',
};
