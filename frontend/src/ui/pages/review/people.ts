/** Who answered, by name or, while judging blind, by number. */
import { useCallback, useState } from 'react';

import type { Answer } from '../../../api';
import { useT } from '../../messages';
import { personName } from '../../shell/format';

const STORAGE_KEY = 'cytoloop.blind';

/** Whether names are hidden; kept in this browser. */
export function useBlind(): [boolean, (blind: boolean) => void] {
  const [blind, setBlind] = useState(() => {
    try {
      return localStorage.getItem(STORAGE_KEY) === '1';
    } catch {
      return false;
    }
  });
  const change = useCallback((next: boolean) => {
    setBlind(next);
    try {
      localStorage.setItem(STORAGE_KEY, next ? '1' : '0');
    } catch {
      // The choice then lasts until the page is left.
    }
  }, []);
  return [blind, change];
}

/** The name of an answer's annotator, by the id of the annotation. */
export function useNames(answers: readonly Answer[], blind: boolean): (id: string) => string {
  const t = useT();
  return (id) => {
    const at = answers.findIndex((answer) => answer.annotation === id);
    const answer = answers[at];
    if (!answer) return '';
    return blind ? t('review.someone', { n: at + 1 }) : personName(answer.user);
  };
}
