import { afterEach, describe, expect, it } from 'vitest';

import { COMMAND_NAMES, COMMANDS, GROUPS } from '../../src/ui/commands';
import { bindKey, commandOf, keyLabel, resetKeys } from '../../src/ui/keymap';
import { hasMessage } from '../../src/ui/messages';

const press = (
  code: string,
  held: { ctrlKey?: boolean; shiftKey?: boolean } = {},
): Parameters<typeof commandOf>[0] => ({
  ...{ code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...held,
});

afterEach(resetKeys);

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
    bindKey('tool.brush', 'KeyE');
    expect(commandOf(press('KeyE'))).toBe('tool.brush');
    expect(commandOf(press('KeyB'))).toBe('tool.eraser');
  });

  it('are written as people read them', () => {
    expect(keyLabel('Mod+Shift+KeyZ')).toBe('Ctrl+Shift+Z');
    expect(keyLabel('Shift+Slash')).toBe('?');
  });
});
