/** Every file of an upload with its progress and what became of it, in plain words. */
import { useSyncExternalStore, type ReactElement } from 'react';

import type { UploadRow } from '../../../api';
import { hasMessage, serverSentence, useT, type Translate } from '../../messages';
import { bytes } from '../../shell/format';
import { countUploads, type UploadItem, type UploadQueue, type UploadState } from './uploadQueue';

const TONES: Record<UploadState, string> = {
  waiting: '',
  sending: 'accent',
  accepted: 'ok',
  duplicate: 'ok',
  refused: 'bad',
  ignored: 'warn',
  failed: 'bad',
};
/** Of a zip only this many troubled rows are drawn; the counts still hold all. */
const SHOWN_ROWS = 20;

const RANK: Record<UploadState, number> = {
  failed: 0,
  refused: 0,
  ignored: 1,
  sending: 2,
  waiting: 3,
  duplicate: 4,
  accepted: 4,
};

/** What needs eyes first, then what runs, then what is done; else as they came. */
export function inOrder(items: UploadItem[]): UploadItem[] {
  return [...items].sort((a, b) => RANK[a.state] - RANK[b.state]);
}

/** The sentence for a code: ours in the person's language, else the server's own. */
export function wordsOf(t: Translate, code: string, detail: string): string {
  const key = `upload.code.${code}`;
  return hasMessage(key) ? t(key) : serverSentence(code, detail) || code;
}

function RowNote({ row, named }: { row: UploadRow; named: boolean }): ReactElement {
  const t = useT();
  const notes = row.status === 'accepted' ? [] : [{ code: row.code, detail: row.detail }];
  return (
    <>
      {[...notes, ...row.warnings].map((note) => (
        <div key={note.code} className="small muted">
          {named ? <b>{row.filename}: </b> : null}
          {wordsOf(t, note.code, note.detail)}
        </div>
      ))}
    </>
  );
}

function Line({ item }: { item: UploadItem }): ReactElement {
  const t = useT();
  const troubled = item.rows.filter((row) => row.status !== 'accepted' || row.warnings.length > 0);
  return (
    <li className="upload">
      <div className="grow">
        <div className="row">
          <span className="truncate grow" title={item.name}>
            {item.name}
          </span>
          <span className="muted small nowrap">{bytes(item.size)}</span>
        </div>
        {item.state === 'sending' ? (
          <div
            className="meter"
            role="progressbar"
            aria-label={item.name}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(item.progress * 100)}
          >
            <span style={{ width: `${item.progress * 100}%` }} />
          </div>
        ) : null}
        {troubled.slice(0, SHOWN_ROWS).map((row) => (
          <RowNote key={row.id} row={row} named={item.rows.length > 1} />
        ))}
        {item.state === 'failed' ? (
          <div className="small muted">{wordsOf(t, item.code, item.detail)}</div>
        ) : null}
      </div>
      <span className={`badge ${TONES[item.state]}`}>
        {item.rows.length > 1
          ? t('upload.zip', { n: item.rows.filter((row) => row.status === 'accepted').length })
          : t(`upload.state.${item.state}`)}
      </span>
    </li>
  );
}

export function UploadList({ queue }: { queue: UploadQueue }): ReactElement | null {
  const t = useT();
  const items = useSyncExternalStore(queue.subscribe, queue.getSnapshot);
  if (items.length === 0) return null;
  const counts = countUploads(items);
  const failed = items.some((item) => item.state === 'failed');
  return (
    <section className="stack" aria-label={t('upload.list')}>
      <div className="row between">
        <span role="status">
          {t('upload.summary', {
            n: counts.total,
            finished: counts.finished,
            accepted: counts.accepted,
          })}
          {counts.refused > 0 ? ` ${t('upload.refused', { n: counts.refused })}` : ''}
        </span>
        {failed ? (
          <button type="button" className="btn small" onClick={() => queue.retry()}>
            {t('upload.retry')}
          </button>
        ) : null}
      </div>
      <div className="meter">
        <span style={{ width: `${counts.fraction * 100}%` }} />
      </div>
      <ul className="uploads">
        {inOrder(items).map((item) => (
          <Line key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}
