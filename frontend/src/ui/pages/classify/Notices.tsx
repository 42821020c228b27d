/** What the annotator must know now, over the grid; and what was just done to many pictures at once, with a way back. */
import type { ReactElement } from 'react';

import type { Batch, BatchSnapshot } from '../../../engine/batch';
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
      <Overruled batch={batch} snapshot={snapshot} />
      <div role="status">
        <Swept batch={batch} snapshot={snapshot} />
      </div>
    </>
  );
}

function nameOf(batch: Batch, index: number | null): string | undefined {
  return batch.classes.find((entry) => entry.index === index)?.name;
}

function Swept({ batch, snapshot }: Omit<Props, 'course'>): ReactElement | null {
  const t = useT();
  const { sweep } = snapshot;
  if (!sweep) return null;
  const name = nameOf(batch, sweep.index);
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

function Overruled({ batch, snapshot }: Omit<Props, 'course'>): ReactElement | null {
  const t = useT();
  const { overruled } = snapshot;
  if (overruled.size === 0) return null;
  const names = [...overruled].map(([at, index]) =>
    t('classify.overruledItem', { at: at + 1, name: nameOf(batch, index) ?? t('classify.open') }),
  );
  return (
    <p className="notice warn" role="alert">
      {t('classify.overruled', { n: overruled.size, names: names.join(', ') })}
    </p>
  );
}
