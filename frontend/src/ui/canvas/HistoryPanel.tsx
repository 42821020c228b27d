/** The versions of the answer that the server kept: when, why and by whom; one can go back to each. */
import { useCallback, useEffect, useState, type ReactElement } from 'react';

import { cursorOf } from '../../api/pagination';
import type { Version } from '../../engine/sync/logTransport';
import type { Session } from '../../engine/session';
import { useT, type MessageKey } from '../messages';
import { FormError } from '../shell/forms';
import { dateTime } from '../shell/format';
import './history.css';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

const REASONS: Record<Version['reason'], MessageKey> = {
  started: 'history.started',
  checkpoint: 'history.checkpoint',
  submitted: 'history.submitted',
  sent_back: 'history.sent_back',
  restored: 'history.restoredVersion',
};

interface Listed {
  rows: Version[];
  next: string | null;
}

function Versions({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { loading, otherTab, question } = useSnapshot(session);
  const [listed, setListed] = useState<Listed | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState(false);

  const load = useCallback(
    async (known: Listed | null) => {
      try {
        const page = await session.timeline.listVersions(known?.next ?? null);
        const rows = [...(known?.rows ?? []), ...page.results];
        setListed({ rows, next: cursorOf(page.next) });
        setError(null);
      } catch (caught) {
        setError(caught);
      }
    },
    [session],
  );

  useEffect(() => void load(null), [load]);

  const restore = async (version: Version): Promise<void> => {
    setError(null);
    setDone(false);
    try {
      await session.timeline.restore(version);
      setDone(true);
      await load(null);
    } catch (caught) {
      setError(caught);
    }
  };

  return (
    <>
      <p className="muted small">{t('history.text')}</p>
      {listed?.rows.length === 0 ? <p className="muted small">{t('history.empty')}</p> : null}
      <ol className="versions">
        {listed?.rows.map((version) => (
          <VersionRow
            key={version.id}
            version={version}
            disabled={loading || otherTab || question !== null}
            onRestore={() => void restore(version)}
          />
        ))}
      </ol>
      {listed?.next ? (
        <button type="button" className="btn small" onClick={() => void load(listed)}>
          {t('history.more')}
        </button>
      ) : null}
      <p className="small" role="status">
        {done ? t('history.restored') : ''}
      </p>
      <FormError error={error} />
    </>
  );
}

/** The list is read each time the section is opened. */
export function HistoryPanel({ session }: { session: Session }): ReactElement {
  const t = useT();
  return (
    <Panel id="history" title={t('history.title')} open={false}>
      <Versions session={session} />
    </Panel>
  );
}

interface RowProps {
  version: Version;
  disabled: boolean;
  onRestore: () => void;
}

function VersionRow({ version, disabled, onRestore }: RowProps): ReactElement {
  const t = useT();
  const { reason, by, at, n_objects: cells, note } = version;
  const what = [t('history.edits', { n: version.version })];
  if (cells !== null) what.push(t('history.cells', { n: cells }));
  if (by) what.push(by);
  return (
    <li>
      <span className="grow">
        <strong>{t(REASONS[reason])}</strong>
        <time className="small" dateTime={at}>
          {dateTime(at)}
        </time>
        <span className="muted small">{what.join(', ')}</span>
        {note ? <q className="small">{note}</q> : null}
      </span>
      <button
        type="button"
        className="btn small"
        disabled={disabled}
        aria-label={`${t('history.restore')}: ${t(REASONS[reason])}, ${dateTime(at)}`}
        onClick={onRestore}
      >
        {t('history.restore')}
      </button>
    </li>
  );
}
