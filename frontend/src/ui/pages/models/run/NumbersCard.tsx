/** The metrics that matter, each with the interval in which it would lie with other images of the kind. */
import type { ReactElement } from 'react';

import { useT } from '../../../messages';
import { number, percent } from '../../../shell/format';
import { FIRST, metricLabel } from '../metrics';
import { mainIntervals, type Interval, type Report } from './report';

const MOST = 6;

function Metric({ name, interval }: { name: string; interval: Interval }): ReactElement {
  return (
    <div>
      <dt>{metricLabel(name)}</dt>
      <dd>
        <b>{number(interval.value, 3)}</b>{' '}
        <span className="muted small">
          {number(interval.low, 3)} .. {number(interval.high, 3)}
        </span>
      </dd>
    </div>
  );
}

/** Without an interval: the numbers of the trainer's last validation. */
function Plain({ metrics }: { metrics: Record<string, number> }): ReactElement {
  const known = FIRST.filter((name) => metrics[name] !== undefined).slice(0, MOST);
  return (
    <dl className="run-numbers">
      {known.map((name) => (
        <div key={name}>
          <dt>{metricLabel(name)}</dt>
          <dd>
            <b>{number(metrics[name], 3)}</b>
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function NumbersCard({ report }: { report: Report }): ReactElement | null {
  const t = useT();
  const { intervals, metrics = {}, examples } = report;
  const shown = intervals ? mainIntervals(intervals, FIRST).slice(0, MOST) : [];
  if (shown.length === 0 && Object.keys(metrics).length === 0) return null;
  return (
    <section className="card">
      <header className="wraps">
        <h2>{t('report.onValidation')}</h2>
        <span className="muted small">
          {shown.length > 0 && intervals
            ? t('report.intervalHint', { level: percent(intervals.level), n: intervals.groups })
            : t('report.noInterval')}
        </span>
      </header>
      {shown.length > 0 ? (
        <dl className="run-numbers">
          {shown.map(([name, interval]) => (
            <Metric key={name} name={name} interval={interval} />
          ))}
        </dl>
      ) : (
        <Plain metrics={metrics} />
      )}
      {examples && examples.looked_at < examples.available ? (
        <p className="muted small">
          {t('report.lookedAt', { n: examples.looked_at, of: examples.available })}
        </p>
      ) : null}
    </section>
  );
}
