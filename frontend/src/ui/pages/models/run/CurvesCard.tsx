/** Curves of a run while it goes and afterwards: loss and validation, learning rate, speed. */
import { useState, type ReactElement } from 'react';

import type { CurvePoint, Id } from '../../../../api';
import { RunChart } from '../../../charts/RunChart';
import { summary, type RunCurve } from '../../../charts/curves';
import { useT } from '../../../messages';
import { number } from '../../../shell/format';
import { Loaded } from '../../../shell/states';
import { useCurves } from './useRun';

const SHOWN: readonly RunCurve[] = ['loss', 'rate', 'speed'];
const NO_SMOOTHING = 0;
const MOST_SMOOTHING = 0.98;

function digitsOf(shown: RunCurve): number {
  return shown === 'speed' ? 1 : shown === 'rate' ? 5 : 3;
}

/** The curves in words and numbers. */
function Numbers({ points, shown }: { points: CurvePoint[]; shown: RunCurve }): ReactElement {
  const t = useT();
  const rows = summary(points, shown);
  const digits = digitsOf(shown);
  return (
    <table className="table curve-numbers">
      <thead>
        <tr>
          <td />
          <th scope="col" className="num">
            {t('run.first')}
          </th>
          <th scope="col" className="num">
            {t('run.newest')}
          </th>
          <th scope="col" className="num">
            {t('run.lowest')}
          </th>
          <th scope="col" className="num">
            {t('run.highest')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, first, newest, lowest, highest }) => (
          <tr key={name}>
            <th scope="row">{t(`run.curve.${name}`)}</th>
            {[first, newest, lowest, highest].map((value, at) => (
              <td key={at} className="num">
                {number(value, digits)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function CurvesCard({ id, live }: { id: Id; live: boolean }): ReactElement {
  const t = useT();
  const curves = useCurves(id, live);
  const [shown, setShown] = useState<RunCurve>('loss');
  const [log, setLog] = useState(false);
  const [smoothing, setSmoothing] = useState(0.85);
  return (
    <section className="card">
      <header className="wraps">
        <h2>{t('run.curves')}</h2>
        <div className="row">
          <div className="choices" role="group" aria-label={t('run.curves')}>
            {SHOWN.map((name) => (
              <button
                key={name}
                type="button"
                className="btn small"
                aria-pressed={shown === name}
                onClick={() => setShown(name)}
              >
                {t(`run.show.${name}`)}
              </button>
            ))}
          </div>
          <label className="check small">
            <input type="checkbox" checked={log} onChange={() => setLog(!log)} />
            {t('run.logScale')}
          </label>
          <label className="row small">
            {t('run.smoothing')}
            <input
              type="range"
              min={NO_SMOOTHING}
              max={MOST_SMOOTHING}
              step={0.02}
              value={smoothing}
              onChange={(event) => setSmoothing(Number(event.target.value))}
            />
          </label>
        </div>
      </header>
      <Loaded query={curves}>
        {(points) =>
          points.length === 0 ? (
            <p className="muted">{t(live ? 'run.noCurves' : 'run.noCurvesEver')}</p>
          ) : (
            <>
              <RunChart points={points} shown={shown} log={log} smoothing={smoothing} />
              <details>
                <summary className="small">{t('run.asNumbers')}</summary>
                <Numbers points={points} shown={shown} />
              </details>
            </>
          )
        }
      </Loaded>
    </section>
  );
}
