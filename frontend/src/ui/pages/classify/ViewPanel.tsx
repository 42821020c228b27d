/** Size and order of the pictures. */
import type { ReactElement } from 'react';

import { ORDER_KINDS, type OrderKind } from '../../../engine/grid/order';
import { Panel } from '../../canvas/Panel';
import { useT } from '../../messages';
import { LARGEST, SMALLEST, type GridChoices } from './choices';
import type { GridOrder } from './useOrder';

const BY_MODEL: readonly OrderKind[] = ['unsure', 'sure', 'suggested'];

interface Props {
  choices: GridChoices;
  order: GridOrder;
  onChange: (change: Partial<GridChoices>) => void;
}

function OrderHint({ order, kind }: { order: GridOrder; kind: OrderKind }): ReactElement | null {
  const t = useT();
  if (BY_MODEL.includes(kind) && !order.hasModel) {
    return <p className="muted small">{t('classify.orderNoModel')}</p>;
  }
  if (order.working) {
    return (
      <p className="muted small" role="status">
        {t('classify.orderWorking')}
      </p>
    );
  }
  if (!order.source) return null;
  const text =
    order.source.kind === 'model'
      ? t('classify.orderByModel', { round: order.source.round })
      : t('classify.orderByPicture');
  return (
    <>
      <p className="muted small">{text}</p>
      <button type="button" className="btn small" onClick={order.again}>
        {t('classify.orderAgain')}
      </button>
    </>
  );
}

export function ViewPanel({ choices, order, onChange }: Props): ReactElement {
  const t = useT();
  return (
    <Panel id="grid" title={t('classify.view')}>
      <label className="slider">
        <span>{t('classify.size')}</span>
        <input
          type="range"
          min={SMALLEST}
          max={LARGEST}
          step={4}
          value={choices.size}
          onChange={(event) => onChange({ size: Number(event.target.value) })}
        />
        <output>{choices.size}</output>
      </label>
      <label className="stack-label">
        <span className="small muted">{t('classify.order')}</span>
        <select
          className="input"
          value={choices.order}
          onChange={(event) => onChange({ order: event.target.value as OrderKind })}
        >
          {ORDER_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`classify.order.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <OrderHint order={order} kind={choices.order} />
    </Panel>
  );
}
