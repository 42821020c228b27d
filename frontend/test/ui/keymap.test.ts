import { afterEach, describe, expect, it } from 'vitest';

import { COMMAND_NAMES, COMMANDS, GROUPS } from '../../src/ui/commands';
import { PRESET_NAMES, PRESETS } from '../../src/ui/commands/presets';
import {
  allowCharacters,
  bindKey,
  choosePreset,
  commandOf,
  conflictsOf,
  exportKeys,
  hiddenBy,
  importKeys,
  keyLabel,
  presetKeys,
  resetKeys,
} from '../../src/ui/keymap';
import { hasMessage } from '../../src/ui/messages';
import { setPerson } from '../../src/ui/shell/personal';

const press = (
  code: string,
  held: { ctrlKey?: boolean; shiftKey?: boolean } = {},
): Parameters<typeof commandOf>[0] => ({
  ...{ code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...held,
});

afterEach(() => {
  setPerson(0);
  choosePreset('cytoloop');
  resetKeys();
});

describe('the registry of commands', () => {
  it('gives every command a name in words and one group', () => {
    for (const name of COMMAND_NAMES) {
      expect(hasMessage(name), name).toBe(true);
      expect(
        GROUPS.filter(([prefix]) => name.startsWith(prefix)),
        name,
      ).toHaveLength(1);
    }
  });

  it('comes with no key twice', () => {
    const keys = COMMAND_NAMES.flatMap((name) => [COMMANDS[name].key, COMMANDS[name].also ?? '']);
    const used = keys.filter((key) => key !== '');
    expect(used.filter((key, at) => used.indexOf(key) !== at)).toEqual([]);
  });
});

describe('keys', () => {
  it('are matched by their place on the keyboard, with modifiers', () => {
    expect(commandOf(press('KeyB'))).toBe('tool.brush');
    expect(commandOf(press('KeyZ', { ctrlKey: true }))).toBe('edit.undo');
    expect(commandOf(press('KeyZ', { ctrlKey: true, shiftKey: true }))).toBe('edit.redo');
    expect(commandOf(press('ShiftLeft', { shiftKey: true }))).toBeNull();
  });

  it('may have a second one, which gives way to a chosen one', () => {
    expect(commandOf(press('Enter', { ctrlKey: true }))).toBe('work.submit');
    bindKey('view.fit', 'Mod+Enter');
    expect(commandOf(press('Enter', { ctrlKey: true }))).toBe('view.fit');
  });

  it('change places when one that is taken is chosen', () => {
    expect(bindKey('tool.brush', 'KeyE')).toBe('tool.eraser');
    expect(commandOf(press('KeyE'))).toBe('tool.brush');
    expect(commandOf(press('KeyB'))).toBe('tool.eraser');
  });

  it('are written as people read them', () => {
    expect(keyLabel('Mod+Shift+KeyZ')).toBe('Ctrl+Shift+Z');
    expect(keyLabel('Shift+Slash')).toBe('?');
  });
});

describe('class keys', () => {
  it('hide the commands that have the same character', () => {
    const keys = presetKeys('cytoloop');
    expect(hiddenBy('b', keys)).toEqual(['tool.brush']);
    expect(hiddenBy('b', keys, ['edit.undo', 'work.submit'])).toEqual([]);
    expect(hiddenBy('s', keys, ['edit.undo', 'work.submit'])).toEqual(['work.submit']);
    expect(hiddenBy('1', keys)).toEqual([]);
    expect(hiddenBy('', { ...keys, 'tool.brush': '' })).toEqual([]);
  });
});

describe('presets', () => {
  it.each(PRESET_NAMES)('%s gives what it lists, and no key to two commands', (name) => {
    const keys = presetKeys(name);
    expect(keys).toMatchObject(PRESETS[name]);
    expect(conflictsOf(keys)).toEqual([]);
  });

  it('leave a command whose key is taken on Alt, or Alt and Shift, and that key', () => {
    choosePreset('napari');
    expect(commandOf(press('KeyP'))).toBe('tool.brush');
    expect(commandOf({ ...press('KeyP'), altKey: true })).toBe('view.proposal');
    expect(commandOf({ ...press('KeyP', { shiftKey: true }), altKey: true })).toBe('tool.polygon');
    expect(commandOf({ ...press('KeyM'), altKey: true })).toBe('tool.merge');
  });

  it('keep what the person changed on top, and show where that clashes', () => {
    bindKey('view.fit', 'KeyJ');
    choosePreset('cvat');
    expect(commandOf(press('KeyJ'))).toBe('tool.merge');
    const clash = conflictsOf({ ...presetKeys('cvat'), 'view.fit': 'KeyJ' });
    expect(clash).toEqual([['tool.merge', 'view.fit']]);
  });
});

describe('the choices of a person', () => {
  it('are kept apart from those of another who uses this browser', () => {
    setPerson(1);
    bindKey('view.fit', 'KeyQ');
    setPerson(2);
    expect(commandOf(press('Digit0'))).toBe('view.fit');
    setPerson(1);
    expect(commandOf(press('KeyQ'))).toBe('view.fit');
    resetKeys();
  });

  it('switch keys of one character off', () => {
    allowCharacters(false);
    expect(commandOf(press('KeyB'))).toBeNull();
    expect(commandOf(press('Slash', { shiftKey: true }))).toBeNull();
    expect(commandOf(press('KeyZ', { ctrlKey: true }))).toBe('edit.undo');
    expect(commandOf(press('PageUp'))).toBe('view.sliceUp');
    expect(commandOf(press('Enter', { ctrlKey: true }))).toBe('work.submit');
  });

  it('travel as a file; another file is refused', () => {
    choosePreset('cellpose');
    bindKey('view.fit', 'KeyQ');
    const file = exportKeys();
    resetKeys();
    choosePreset('cytoloop');
    expect(importKeys(file)).toBe(true);
    expect(commandOf(press('KeyQ'))).toBe('view.fit');
    expect(commandOf(press('Comma'))).toBe('edit.smaller');
    for (const other of ['', '[]', '{"own": {}}', 'null']) expect(importKeys(other)).toBe(false);
    expect(commandOf(press('KeyQ'))).toBe('view.fit');
  });
});
