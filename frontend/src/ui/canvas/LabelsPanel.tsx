/** How the outlines look: fill and lines, colours, and which cells are shown. */
import type { ReactElement } from 'react';

import type { LabelStyle } from '../../engine/renderer/renderer';
import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { ColorLegend } from './ColorLegend';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

const SHAPES = {
  both: { fill: true, lines: true },
  lines: { fill: false, lines: true },
  fill: { fill: true, lines: false },
} as const;
type Shape = keyof typeof SHAPES;

function shapeOf({ fill, lines }: LabelStyle): Shape {
  if (fill && lines) return 'both';
  return fill ? 'fill' : 'lines';
}

export function LabelsPanel({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { style, objects, selected, colors, colorModes, hidden } = useSnapshot(session);
  return (
    <Panel
      id="outlines"
      title={t('panel.outlines')}
      open={false}
      aside={
        <span className="row small">
          <span className="muted">{t('panel.cells', { n: objects })}</span>
          <label className="row">
            <input
              type="checkbox"
              checked={style.visible}
              onChange={(event) => session.setStyle({ visible: event.target.checked })}
            />
            {t('panel.show')}
          </label>
        </span>
      }
    >
      <label className="row">
        <input
          type="checkbox"
          checked={style.onlySelected}
          disabled={!selected && !style.onlySelected}
          onChange={(event) => session.setStyle({ onlySelected: event.target.checked })}
        />
        {t('panel.onlySelected')}
      </label>
      <label className="slider choice">
        <span>{t('panel.shape')}</span>
        <select
          className="input"
          value={shapeOf(style)}
          onChange={(event) => session.setStyle(SHAPES[event.target.value as Shape])}
        >
          {(Object.keys(SHAPES) as Shape[]).map((shape) => (
            <option key={shape} value={shape}>
              {t(`shape.${shape}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="slider choice">
        <span>{t('panel.colors')}</span>
        <select
          className="input"
          value={colors}
          onChange={(event) =>
            session.labelView.setColors(colorModes.find((mode) => mode === event.target.value)!)
          }
        >
          {colorModes.map((mode) => (
            <option key={mode} value={mode}>
              {t(`colors.${mode}`)}
            </option>
          ))}
        </select>
      </label>
      <ColorLegend mode={colors} />
      <label className="slider">
        <span>{t('panel.opacity')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          disabled={!style.fill}
          value={style.opacity}
          onChange={(event) => session.setStyle({ opacity: Number(event.target.value) })}
        />
        <output>{Math.round(style.opacity * 100)} %</output>
      </label>
      {hidden > 0 ? (
        <button type="button" className="btn small" onClick={() => session.labelView.reveal()}>
          {t('panel.reveal', { n: hidden })}
        </button>
      ) : null}
    </Panel>
  );
}
