/** How far a run is, how fast, and what is left. */
import type { ReactElement } from 'react';

import type { Run } from '../../../api';
import { useT } from '../../messages';
import { duration, number } from '../../shell/format';

/** From 0 to 1; by steps where the server gives no fraction. */
export function fractionOf(progress: Run['progress']): number {
  const { fraction, step, steps } = progress;
  if (typeof fraction === 'number') return Math.min(1, Math.max(0, fraction));
  return step !== undefined && steps ? Math.min(1, step / steps) : 0;
}

export function RunMeter({ run }: { run: Run }): ReactElement {
  const t = useT();
  const fraction = fractionOf(run.progress);
  const { step, steps, seconds_left: left, images_per_second: speed } = run.progress;
  const notes = [
    step !== undefined && steps ? t('run.stepOf', { step, steps }) : null,
    speed ? t('run.speed', { speed: number(speed, 1) }) : null,
    left !== null && left !== undefined ? t('run.left', { time: duration(left) }) : null,
  ].filter((note) => note !== null);
  return (
    <div>
      <div
        className="meter"
        role="progressbar"
        aria-label={t('models.progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(fraction * 100)}
      >
        <span style={{ width: `${fraction * 100}%` }} />
      </div>
      <div className="muted small">
        {run.state === 'queued' ? t('run.waiting') : notes.join(' · ') || t('run.starting')}
      </div>
    </div>
  );
}
