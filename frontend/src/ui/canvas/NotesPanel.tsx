/** What a reviewer wrote on the picture: go to each, tick what is done. */
import { useState, useSyncExternalStore, type ReactElement } from 'react';

import type { ReviewNote } from '../../api';
import type { ReviewNotes } from '../../engine/review/reviewNotes';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { personName } from '../shell/format';
import { FormError } from '../shell/forms';
import './notes.css';
import { Panel } from './Panel';

interface RowProps {
  notes: ReviewNotes;
  note: ReviewNote;
  at: number;
  current: boolean;
  onError: (error: unknown) => void;
}

function Row({ notes, note, at, current, onError }: RowProps): ReactElement {
  const t = useT();
  return (
    <li className={note.done ? 'done' : ''}>
      <input
        type="checkbox"
        aria-label={t('notes.done', { n: at + 1 })}
        checked={note.done}
        onChange={(event) => {
          onError(null);
          notes.tick(at, event.target.checked).catch(onError);
        }}
      />
      <button
        type="button"
        className="note-row"
        aria-current={current}
        onClick={() => notes.goTo(at)}
      >
        <b>{at + 1}</b> <span className="note-text">{note.text}</span>
        <span className="muted small">{personName(note.reviewer)}</span>
      </button>
    </li>
  );
}

export function NotesPanel({ notes }: { notes: ReviewNotes }): ReactElement | null {
  const t = useT();
  const bindings = useBindings();
  const { list, current, open } = useSyncExternalStore(notes.subscribe, notes.snapshot);
  const [error, setError] = useState<unknown>(null);
  if (list.length === 0) return null;
  return (
    <Panel
      id="notes"
      className="notes"
      title={t('notes.title')}
      aside={
        <span className="muted small">
          {open > 0 ? t('notes.open', { n: open }) : t('notes.allDone')}
        </span>
      }
    >
      <ol>
        {list.map((note, at) => (
          <Row
            key={note.id}
            notes={notes}
            note={note}
            at={at}
            current={at === current}
            onError={setError}
          />
        ))}
      </ol>
      <button type="button" className="btn small" onClick={() => notes.step(1)}>
        {t('view.nextNote')} <kbd>{keyLabel(bindings['view.nextNote'])}</kbd>
      </button>
      <FormError error={error} />
    </Panel>
  );
}
