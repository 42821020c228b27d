/** What people read comes from the catalogues: no page has words of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';

import { hasMessage, serverSentence, setLanguage } from '../../src/ui/messages';
import { problems } from '../../src/ui/messages/zh/problems';

const PAGES = join(import.meta.dirname, '../../src/ui');

const SPOKEN = new Set(['title', 'alt', 'placeholder', 'label', 'aria-label', 'aria-description']);
/** Signs and names that are the same in every language. */
const SAME_EVERYWHERE = /^(Cytoloop|English|中文|Esc|px|µm|fps|[A-Z]{1,3}|[A-Z]{1,3}\d+)$/;
const WORD = /\p{L}{2,}/u;

function wordsOf(file: string): string[] {
  const source = readFileSync(join(PAGES, file), 'utf8');
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const tell = (text: string): void => {
    const words = text.trim();
    if (WORD.test(words) && !SAME_EVERYWHERE.test(words) && !hasMessage(words))
      found.push(`${file}: ${words}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) tell(node.text);
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer) {
      if (ts.isStringLiteral(node.initializer)) tell(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

afterEach(() => setLanguage('en'));

describe('pages', () => {
  it('have no words of their own', () => {
    const files = readdirSync(PAGES, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.tsx'),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap(wordsOf)).toEqual([]);
  });
});

describe('sentences of the server', () => {
  it('are shown as they come to who reads English, and where a code is new', () => {
    expect(serverSentence('no_classes', 'Add a class.')).toBe('Add a class.');
    setLanguage('zh');
    expect(serverSentence('no_classes', 'Add a class.')).toBe(problems['no_classes']);
    expect(serverSentence('of_tomorrow', 'Do this.')).toBe('Do this.');
  });
});
