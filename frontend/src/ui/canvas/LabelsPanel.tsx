/** How the outlines look. */
import type { ReactElement } from 'react';

import type { Session } from '../../engine/session';
import { useT } from '../messages';
import { useSnapshot } from './useSession';

export function LabelsPanel({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { style, objects } = useSnapshot(session);
  return (
    <section className="panel" aria-label={t('panel.outlines')}>
      <header>
        <h2>{t('panel.outlines')}</h2>
        <span className="muted small">{t('panel.cells', { n: objects })}</span>
      </header>
      <div className="row wrap">
        <label className="row">
          <input
            type="checkbox"
            checked={style.visible}
            onChange={(event) => session.setStyle({ visible: event.target.checked })}
          />
          {t('panel.show')}
        </label>
        <label className="row">
          <input
            type="checkbox"
            checked={style.outlines}
            onChange={(event) => session.setStyle({ outlines: event.target.checked })}
          />
          {t('panel.linesOnly')}
        </label>
      </div>
      <label className="slider">
        <span>{t('panel.opacity')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          disabled={style.outlines}
          value={style.opacity}
          onChange={(event) => session.setStyle({ opacity: Number(event.target.value) })}
        />
        <output>{Math.round(style.opacity * 100)} %</output>
      </label>
    </section>
  );
}
