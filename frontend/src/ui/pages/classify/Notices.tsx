/** What the annotator must know now, over the grid; and what was just done to many pictures at once, with a way back. */
import type { ReactElement } from 'react';

import type { Batch, BatchSnapshot } from '../../../engine/grid/batch';
import type { Choice } from '../../../engine/choice';
import { useNamed } from './named';
import { useT } from '../../messages';
import type { BatchCourse } from './useBatch';

interface Props {
  batch: Batch;
  snapshot: BatchSnapshot;
  course: BatchCourse;
}

export function Notices({ batch, snapshot, course }: Props): ReactElement {
  const t = useT();
  const { refused, lost, late } = course;
  return (
    <>
      {lost ? (
        <p className="notice warn" role="alert">
          {t('lease.lost')}
        </p>
      ) : null}
      {refused ? (
        <p className="notice bad" role="alert">
          {t('classify.failed', { n: refused.count, detail: refused.detail })}
        </p>
      ) : null}
      {late > 0 ? <p className="notice">{t('classify.late', { n: late })}</p> : null}
      <Asked batch={batch} snapshot={snapshot} />
      <div role="status">
        <Swept batch={batch} snapshot={snapshot} />
      </div>
    </>
  );
}

function Swept({ batch, snapshot }: Omit<Props, 'course'>): ReactElement | null {
  const t = useT();
  const named = useNamed(batch);
  const { sweep } = snapshot;
  if (!sweep) return null;
  const name = named(sweep.choice);
  return (
    <div className="notice row between">
      <span>
        {name
          ? t('classify.swept', { n: sweep.count, name })
          : t('classify.sweptAway', { n: sweep.count })}
      </span>
      <button type="button" className="btn small" onClick={() => batch.undo()}>
        {t('classify.undo')}
      </button>
    </div>
  );
}

/** What was answered otherwise elsewhere: both answers of each picture, one to keep. */
function Asked({ batch, snapshot }: Omit<Props, 'course'>): ReactElement | null {
  const t = useT();
  const named = useNamed(batch);
  const { asked, choices, order } = snapshot;
  if (asked.size === 0) return null;
  const name = (choice: Choice | undefined): string => named(choice ?? null) ?? t('classify.open');
  const keep = (items: Iterable<number>, side: 'mine' | 'theirs', text: string): ReactElement => (
    <button type="button" className="btn small" onClick={() => void batch.keep(items, side)}>
      {text}
    </button>
  );
  return (
    <div className="notice warn stack" role="alert">
      <strong>{t('classify.asked', { n: asked.size })}</strong>
      {[...asked].map(([at, theirs]) => (
        <div key={at} className="row wrap">
          <button type="button" className="btn quiet small" onClick={() => batch.click(at)}>
            {t('classify.askedItem', { at: order.indexOf(at) + 1 })}
          </button>
          {keep([at], 'mine', t('classify.keepMine', { name: name(choices[at]) }))}
          {keep([at], 'theirs', t('classify.keepTheirs', { name: name(theirs) }))}
        </div>
      ))}
      {asked.size > 1 ? (
        <div className="row wrap">
          {keep(asked.keys(), 'mine', t('classify.allMine'))}
          {keep(asked.keys(), 'theirs', t('classify.allTheirs'))}
        </div>
      ) : null}
    </div>
  );
}
