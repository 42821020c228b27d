/** Whether things come true as often as the model is sure of them. */
import { useState, type ReactElement } from 'react';

import { ReliabilityPlot } from '../../../charts/ReliabilityPlot';
import { hasMessage, useT } from '../../../messages';
import { number, percent } from '../../../shell/format';
import { wordFor } from '../../../shell/words';
import type { Calibration, Report } from './report';

const FIRST = ['objects', 'classes', 'pixels'];

function Bins({ calibration }: { calibration: Calibration }): ReactElement {
  const t = useT();
  const bins = calibration.used ? calibration.curves.after : calibration.curves.before;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('report.confidence')}</th>
          <th scope="col" className="num">
            {t('report.cases')}
          </th>
          <th scope="col" className="num">
            {t('report.cameTrue')}
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map((bin) => (
          <tr key={bin.low}>
            <th scope="row">{percent(bin.confidence)}</th>
            <td className="num">{number(bin.n)}</td>
            <td className="num">{percent(bin.accuracy)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Section({ calibration }: { calibration: Calibration }): ReactElement {
  const t = useT();
  const { before, after, used, n, reason, code } = calibration;
  const ece = (numbers: Record<string, number>): string => number(numbers['ece_width'], 3);
  return (
    <>
      <ReliabilityPlot
        curves={[
          { name: t('report.calibration.before'), bins: calibration.curves.before },
          ...(used
            ? [{ name: t('report.calibration.after'), bins: calibration.curves.after }]
            : []),
        ]}
        label={t('report.reliabilityLabel')}
      />
      <p className="small">
        {used
          ? t('report.eceBoth', { before: ece(before), after: ece(after), n })
          : t('report.eceOne', { before: ece(before), n })}
      </p>
      <p className="small muted">
        {hasMessage(`report.calibration.code.${code}`)
          ? wordFor(t, 'report.calibration.code', code)
          : reason}
      </p>
      <details>
        <summary className="small">{t('run.asNumbers')}</summary>
        <Bins calibration={calibration} />
      </details>
    </>
  );
}

export function ReliabilityCard({
  calibration,
}: {
  calibration: Report['calibration'];
}): ReactElement {
  const t = useT();
  const known = Object.entries(calibration ?? {})
    .filter(([, one]) => one.curves.before.length > 0)
    .sort(([a], [b]) => FIRST.indexOf(a) - FIRST.indexOf(b));
  const [chosen, choose] = useState<string | null>(null);
  const [name, current] = known.find(([key]) => key === chosen) ?? known[0] ?? [];
  return (
    <section className="card stack">
      <header className="wraps">
        <h2>{t('report.reliability')}</h2>
        {known.length > 1 ? (
          <div className="choices" role="group" aria-label={t('report.reliability')}>
            {known.map(([key]) => (
              <button
                key={key}
                type="button"
                className="btn small"
                aria-pressed={key === name}
                onClick={() => choose(key)}
              >
                {wordFor(t, 'report.calibration.of', key)}
              </button>
            ))}
          </div>
        ) : null}
      </header>
      {current ? (
        <Section calibration={current} />
      ) : (
        <p className="muted">{t('report.noCalibration')}</p>
      )}
    </section>
  );
}
