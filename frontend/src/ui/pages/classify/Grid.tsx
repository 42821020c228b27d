/** The pictures in a grid, or the focused one alone; arrows move, the focused one takes the class key. */
import { useEffect, useRef, type ReactElement } from 'react';

import type { LabelClass } from '../../../api';
import { suggestionOf, type Batch, type BatchSnapshot } from '../../../engine/batch';
import { useT } from '../../messages';
import { CropView, type Look } from './CropView';

interface CellProps {
  batch: Batch;
  snapshot: BatchSnapshot;
  at: number;
  look: Look;
  size: number;
}

function Cell({ batch, snapshot, at, look, size }: CellProps): ReactElement {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  const item = batch.items[at]!;
  const focused = snapshot.focus === at;
  const named = (index: number | null | undefined): LabelClass | undefined =>
    batch.classes.find((entry) => entry.index === index);
  const chosen = named(snapshot.choices[at]);
  const suggested = chosen ? undefined : named(suggestionOf(item));
  useEffect(() => {
    if (focused) button.current?.focus();
  }, [focused]);
  const state =
    chosen?.name ??
    (suggested ? t('classify.suggested', { name: suggested.name }) : t('classify.open'));
  return (
    <button
      ref={button}
      type="button"
      className={`crop ${focused ? 'focused' : ''} ${chosen ? 'chosen' : ''}`}
      tabIndex={focused ? 0 : -1}
      aria-current={focused}
      aria-label={t('classify.item', { n: at + 1, state })}
      onFocus={() => focused || batch.focusOn(at)}
    >
      <CropView item={item} look={look} size={size} />
      <span className={`crop-class ${suggested ? 'suggested' : ''}`}>
        {chosen || suggested ? (
          <span className="swatch" style={{ background: (chosen ?? suggested)!.color }} />
        ) : null}
        <span className="truncate">{chosen?.name ?? (suggested ? `${suggested.name}?` : '')}</span>
      </span>
    </button>
  );
}

interface Props {
  batch: Batch;
  snapshot: BatchSnapshot;
  look: Look;
  single: boolean;
}

export function Grid({ batch, snapshot, look, single }: Props): ReactElement {
  const t = useT();
  const shown = single ? [snapshot.focus] : batch.items.map((_, at) => at);
  return (
    <div
      className={single ? 'crop-single' : 'crop-grid'}
      role="group"
      aria-label={t('classify.label')}
    >
      {shown.map((at) => (
        <Cell
          key={batch.items[at]!.annotation.id}
          batch={batch}
          snapshot={snapshot}
          at={at}
          look={look}
          size={single ? 900 : 240}
        />
      ))}
    </div>
  );
}
