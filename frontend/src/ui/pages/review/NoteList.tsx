/** The notes that were placed and not sent yet: their texts, and whose answer each is on. */
import { useEffect, useRef, type ReactElement } from 'react';

import { useT } from '../../messages';
import { Icon } from '../../shell/Icon';
import type { DraftNote, DraftNotes } from './useNotes';

interface Props {
  notes: DraftNotes;
  nameOf: (annotation: string) => string;
  onGo: (note: DraftNote) => void;
}

export function NoteList({ notes, nameOf, onGo }: Props): ReactElement | null {
  const t = useT();
  const newest = useRef<HTMLTextAreaElement>(null);
  const count = useRef(notes.list.length);
  useEffect(() => {
    if (notes.list.length > count.current) newest.current?.focus();
    count.current = notes.list.length;
  }, [notes.list.length]);
  if (notes.list.length === 0) return null;
  return (
    <section className="note-list" aria-label={t('review.notes')}>
      <h3>{t('review.notes')}</h3>
      <p className="muted small">{t('review.notesHint')}</p>
      <ol>
        {notes.list.map((note, at) => {
          const whose = note.annotation ? nameOf(note.annotation) : t('review.everybody');
          return (
            <li key={note.id}>
              <button
                type="button"
                className="btn small"
                aria-label={t('review.noteGo', { n: at + 1 })}
                onClick={() => onGo(note)}
              >
                {at + 1}
              </button>
              <label className="grow">
                <span className="muted small">{t('review.noteFor', { name: whose })}</span>
                <textarea
                  ref={at === notes.list.length - 1 ? newest : null}
                  className="input"
                  rows={3}
                  maxLength={1000}
                  value={note.text}
                  onChange={(event) => notes.write(note.id, event.target.value)}
                />
              </label>
              <button
                type="button"
                className="btn small"
                aria-label={t('review.noteRemove', { n: at + 1 })}
                onClick={() => notes.remove(note.id)}
              >
                <Icon name="close" />
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
