/** What can be laid over the picture: proposal, uncertainty, other people's outlines, the difference to them, tails of tracks. */
import type { ReactElement } from 'react';

import type { LayerView } from '../../engine/overlays/layers';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { percent } from '../shell/format';
import { ColorLegend, cssColor } from './ColorLegend';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

const LONGEST_TAIL = 30;

function useName(): (layer: LayerView) => string {
  const t = useT();
  return ({ kind, name }) => (kind === 'answer' ? name : t(`layer.${kind}`));
}

function Layer({ session, layer }: { session: Session; layer: LayerView }): ReactElement {
  const t = useT();
  const name = useName();
  const told = layer.state === 'off' || layer.state === 'shown' ? null : layer.state;
  return (
    <label className="row layer">
      <input
        type="checkbox"
        checked={layer.on}
        onChange={() => session.labelView.layers.toggle(layer.id)}
      />
      <span className="swatch" style={{ background: cssColor(layer.color) }} />
      <span className="grow truncate">{name(layer)}</span>
      {told ? <span className="muted small">{t(`layer.${told}`)}</span> : null}
    </label>
  );
}

function Comparison({ session }: { session: Session }): ReactElement {
  const t = useT();
  const name = useName();
  const { layers, comparedWith, difference } = useSnapshot(session).layers;
  return (
    <>
      <label className="slider choice">
        <span>{t('layer.compare')}</span>
        <select
          className="input"
          value={comparedWith ?? ''}
          onChange={(event) => session.labelView.layers.compareWith(event.target.value || null)}
        >
          <option value="">{t('layer.nothing')}</option>
          {layers.map((layer) => (
            <option key={layer.id} value={layer.id}>
              {name(layer)}
            </option>
          ))}
        </select>
      </label>
      {difference ? (
        <p className="small" role="status">
          {t('layer.difference', {
            matched: difference.matched,
            here: difference.onlyFirst,
            there: difference.onlySecond,
            iou: difference.meanIou === null ? '-' : percent(difference.meanIou),
          })}
        </p>
      ) : null}
    </>
  );
}

function Tails({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { tailLength } = useSnapshot(session);
  return (
    <label className="slider">
      <span>{t('layer.tails')}</span>
      <input
        type="range"
        min={0}
        max={LONGEST_TAIL}
        value={tailLength}
        onChange={(event) => session.labelView.setTailLength(Number(event.target.value))}
      />
      <output>{tailLength}</output>
    </label>
  );
}

export function LayersPanel({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const { layers, frames } = useSnapshot(session);
  if (layers.layers.length === 0 && frames < 2) return null;
  return (
    <Panel id="layers" title={t('layer.title')} open={false}>
      {layers.layers.map((layer) => (
        <Layer key={layer.id} session={session} layer={layer} />
      ))}
      {layers.hasUncertainty ? (
        <>
          <label className="row layer">
            <input
              type="checkbox"
              checked={layers.uncertainty}
              onChange={() => session.labelView.layers.toggleUncertainty()}
            />
            {t('layer.uncertainty')}
          </label>
          {layers.uncertainty ? <ColorLegend mode="uncertainty" /> : null}
        </>
      ) : null}
      {layers.layers.length > 0 ? (
        <>
          <Comparison session={session} />
          <label className="slider">
            <span>{t('layer.opacity')}</span>
            <input
              type="range"
              min={0.1}
              max={1}
              step={0.1}
              value={layers.opacity}
              onChange={(event) => session.labelView.layers.setOpacity(Number(event.target.value))}
            />
            <output>{percent(layers.opacity)}</output>
          </label>
        </>
      ) : null}
      {frames > 1 ? <Tails session={session} /> : null}
    </Panel>
  );
}
