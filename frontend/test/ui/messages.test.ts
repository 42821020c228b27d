import { describe, expect, it } from 'vitest';

import { en } from '../../src/ui/messages/en';
import { zh } from '../../src/ui/messages/zh';
import { translate, type MessageKey } from '../../src/ui/messages';

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('messages', () => {
  it('use the same values in both languages', () => {
    for (const key of Object.keys(en) as MessageKey[]) {
      expect(zh[key], key).not.toBe('');
      // A count may be left out of a language that does not need it, but none may be made up.
      for (const name of placeholders(zh[key])) expect(placeholders(en[key]), key).toContain(name);
    }
  });

  it('picks one or many', () => {
    expect(translate('en', 'wizard.setImages', { n: 1 })).toBe('1 image');
    expect(translate('en', 'wizard.setImages', { n: 1200 })).toBe('1,200 images');
    expect(translate('zh', 'wizard.setImages', { n: 1 })).toBe('1 张图像');
  });
});
