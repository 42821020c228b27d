/**
 * Keys that people bring from other tools. Each preset lists only what that tool has too, under the key it has there; a command of
 * Cytoloop that loses its key to one of these is reached with Alt (or Alt and Shift) and its own key.
 *
 * Digits stay with the classes, and keys that a browser keeps for itself (Ctrl+R) are left alone. Saving needs no key here.
 */
import type { Command } from '.';

type Keys = Partial<Record<Command, string>>;

/** napari 0.5: Labels layer and viewer in `napari/utils/shortcuts.py`. */
const napari: Keys = {
  'tool.brush': 'KeyP',
  'tool.eraser': 'KeyE',
  'tool.fill': 'KeyF',
  'tool.select': 'KeyL', // the picker
  'tool.pan': 'KeyZ',
  'edit.newCell': 'KeyM',
  'edit.smaller': 'BracketLeft',
  'edit.larger': 'BracketRight',
  'view.labels': 'KeyV',
  'view.frameBack': 'ArrowLeft',
  'view.frameOn': 'ArrowRight',
};

/** Cellpose 3: the help window of its GUI, `cellpose/gui/guihelpwindowtext.html`. */
const cellpose: Keys = {
  'edit.redo': 'Mod+KeyY',
  'edit.smaller': 'Comma',
  'edit.larger': 'Period',
  'view.labels': 'KeyX',
  'view.outlines': 'KeyZ',
  'view.zoomIn': 'Equal',
  'view.zoomOut': 'Minus',
  'view.frameBack': 'ArrowLeft',
  'view.frameOn': 'ArrowRight',
};

/** CVAT 2: the component shortcuts of `cvat-ui` (controls side bar, brush tools, player, objects). */
const cvat: Keys = {
  'tool.brush': 'Shift+Digit1',
  'tool.eraser': 'Shift+Digit2',
  'tool.polygon': 'Shift+Digit3',
  'tool.merge': 'KeyJ', // joins masks
  'tool.split': 'Alt+KeyJ', // slices a mask
  'edit.newCell': 'KeyN',
  'edit.deleteSelected': 'Delete',
  'view.labels': 'KeyH',
  'view.frameBack': 'KeyD',
  'view.frameOn': 'KeyF',
  'work.help': 'F1',
};

export const PRESETS = { cytoloop: {}, napari, cellpose, cvat } satisfies Record<string, Keys>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
