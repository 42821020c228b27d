/** Send answers back, with a note to the annotators and the notes that were placed on the picture. */
import { useState, type ReactElement } from 'react';

import type { Answer } from '../../../api';
import { useT } from '../../messages';
import { Dialog } from '../../shell/Dialog';
import { Field } from '../../shell/forms';
import type { Decision } from './useReview';
import type { DraftNote } from './useNotes';

interface Props {
  answers: readonly Answer[];
  notes: readonly DraftNote[];
  nameOf: (annotation: string) => string;
  onSend: (decision: Decision) => void;
  onClose: () => void;
}

/** Whose answers are sent back unless the reviewer says otherwise: those with notes on them, else all. */
function usualReaders(answers: readonly Answer[], notes: readonly DraftNote[]): Set<string> {
  const all = answers.map(({ annotation }) => annotation);
  const noted = notes.map(({ annotation }) => annotation);
  if (noted.length === 0 || noted.includes(null)) return new Set(all);
  return new Set(all.filter((id) => noted.includes(id)));
}

function asBody({ annotation, text, t, z, x, y, object }: DraftNote): Record<string, unknown> {
  return { text: text.trim(), t, z, x, y, object, annotation };
}

export function SendBack({ answers, notes, nameOf, onSend, onClose }: Props): ReactElement {
  const t = useT();
  const [note, setNote] = useState('');
  const [readers, setReaders] = useState(() => usualReaders(answers, notes));
  const empty = notes.some(({ text }) => text.trim() === '');
  const unread = notes.some(({ annotation }) => annotation !== null && !readers.has(annotation));
  const nobody = answers.length > 0 && readers.size === 0;
  const trouble = nobody
    ? t('review.sendNobody')
    : empty
      ? t('review.sendEmptyNote')
      : unread
        ? t('review.sendUnread')
        : '';
  const toggle = (id: string): void => {
    const next = new Set(readers);
    if (!next.delete(id)) next.add(id);
    setReaders(next);
  };
  const send = (): void =>
    onSend({
      decision: 'send_back',
      note,
      // All of them is what the server does where none is named.
      annotations: readers.size === answers.length ? [] : [...readers],
      notes: notes.map(asBody),
    });
  return (
    <Dialog title={t('review.sendBack')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!trouble) send();
        }}
      >
        <p className="muted">{t('review.sendBackText')}</p>
        {answers.length > 1 ? (
          <fieldset className="plain-fieldset">
            <legend className="label">{t('review.sendTo')}</legend>
            {answers.map(({ annotation }) => (
              <label key={annotation} className="row">
                <input
                  type="checkbox"
                  checked={readers.has(annotation)}
                  onChange={() => toggle(annotation)}
                />
                {nameOf(annotation)}
              </label>
            ))}
          </fieldset>
        ) : null}
        <Field label={t('review.note')} hint={t('review.noteCount', { n: notes.length })}>
          <textarea
            className="input"
            autoFocus
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Field>
        {trouble ? (
          <p className="form-error" role="alert">
            {trouble}
          </p>
        ) : null}
        <div className="row">
          <button type="submit" className="btn primary" disabled={trouble !== ''}>
            {t('review.sendBack')}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {t('do.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
