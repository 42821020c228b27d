/** Learning curve of the project, by split and metric. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactElement } from 'react';

import { api, type LearningCurve, type Project } from '../../../api';
import { splitsOf, type LearningMetric } from '../../charts/curves';
import { LearningChart } from '../../charts/LearningChart';
import { useT } from '../../messages';
import { percent, signed } from '../../shell/format';
import { Loaded } from '../../shell/states';
import { wordFor } from '../../shell/words';

/** Name of a metric as people write it. */
function metricName(metric: string): string {
  return /^ap\d/.test(metric) ? metric.toUpperCase() : metric.replaceAll('_', ' ');
}

/** What the next labels should bring, once there are points enough to say. */
function ForecastLine({ curve }: { curve: LearningCurve }): ReactElement | null {
  const t = useT();
  const { forecast } = curve;
  if (!forecast) return null;
  const now = Math.max(...curve.points.map((point) => point.labels));
  return (
    <p className="small" style={{ marginTop: 8 }}>
      {t('overview.forecast', {
        n: Math.max(1, forecast.labels - now),
        metric: metricName(curve.metric),
        gain: signed(forecast.gain),
        low: signed(forecast.gain_low),
        high: signed(forecast.gain_high),
        chance: percent(forecast.worthwhile),
      })}
    </p>
  );
}

function Curve({ curve }: { curve: LearningCurve }): ReactElement {
  const t = useT();
  const { points } = curve;
  const splits = splitsOf(points);
  const [split, setSplit] = useState<string | null>(null);
  const [metric, setMetric] = useState<LearningMetric>('score');
  const shownSplit = split ?? splits[0];
  const shown = useMemo(
    () => points.filter((point) => point.split === shownSplit),
    [points, shownSplit],
  );
  if (points.length === 0) return <p className="muted">{t('overview.noCurve')}</p>;
  const extra = (['ap50', 'ap75'] as const).filter(
    (name) => name !== curve.metric && points.some((point) => point[name] !== null),
  );
  const name = metric === 'score' ? curve.metric : metric;
  return (
    <>
      <div className="row" style={{ marginBottom: 6 }}>
        <select
          className="input auto"
          aria-label={t('data.split')}
          value={shownSplit}
          onChange={(event) => setSplit(event.target.value)}
        >
          {splits.map((item) => (
            <option key={item} value={item}>
              {wordFor(t, 'split', item)}
            </option>
          ))}
        </select>
        <select
          className="input auto"
          aria-label={t('overview.metric')}
          value={metric}
          onChange={(event) => setMetric(event.target.value as LearningMetric)}
        >
          <option value="score">{metricName(curve.metric)}</option>
          {extra.map((item) => (
            <option key={item} value={item}>
              {metricName(item)}
            </option>
          ))}
        </select>
        {metric === 'score' ? <span className="muted small">{t('overview.band')}</span> : null}
      </div>
      <LearningChart points={shown} metric={metric} name={metricName(name)} />
      <ForecastLine curve={curve} />
    </>
  );
}

export function LearningCard({ project }: { project: Project }): ReactElement {
  const t = useT();
  const curve = useQuery({
    queryKey: ['learning-curve', project.id],
    queryFn: ({ signal }) =>
      api.get<LearningCurve>(`projects/${project.id}/learning-curve`, {}, signal),
    refetchInterval: 15_000,
  });
  return (
    <section className="card">
      <header>
        <h2>{t('overview.curve')}</h2>
        <span className="muted small">{t('overview.curveHint')}</span>
      </header>
      <Loaded query={curve}>{(data) => <Curve curve={data} />}</Loaded>
    </section>
  );
}
