/** Learning curve of the project, by split and metric. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactElement } from 'react';

import { api, type LearningPoint, type Project } from '../../../api';
import { splitsOf, type LearningMetric } from '../../charts/curves';
import { LearningChart } from '../../charts/LearningChart';
import { hasMessage, useT } from '../../messages';
import { Loaded } from '../../shell/states';

function Curve({ points }: { points: LearningPoint[] }): ReactElement {
  const t = useT();
  const splits = splitsOf(points);
  const [split, setSplit] = useState<string | null>(null);
  const [metric, setMetric] = useState<LearningMetric>('ap50');
  const shownSplit = split ?? splits[0];
  const shown = useMemo(
    () => points.filter((point) => point.split === shownSplit),
    [points, shownSplit],
  );
  if (points.length === 0) return <p className="muted">{t('overview.noCurve')}</p>;
  return (
    <>
      <div className="row" style={{ marginBottom: 6 }}>
        <select
          className="input auto"
          aria-label={t('data.split')}
          value={shownSplit}
          onChange={(event) => setSplit(event.target.value)}
        >
          {splits.map((name) => {
            const key = `split.${name}`;
            return (
              <option key={name} value={name}>
                {hasMessage(key) ? t(key) : name}
              </option>
            );
          })}
        </select>
        <select
          className="input auto"
          aria-label={t('overview.metric')}
          value={metric}
          onChange={(event) => setMetric(event.target.value as LearningMetric)}
        >
          <option value="ap50">AP50</option>
          <option value="ap75">AP75</option>
        </select>
        {metric === 'ap50' ? <span className="muted small">{t('overview.band')}</span> : null}
      </div>
      <LearningChart points={shown} metric={metric} />
    </>
  );
}

export function LearningCard({ project }: { project: Project }): ReactElement {
  const t = useT();
  const curve = useQuery({
    queryKey: ['learning-curve', project.id],
    queryFn: ({ signal }) =>
      api.get<{ points: LearningPoint[] }>(`projects/${project.id}/learning-curve`, {}, signal),
    refetchInterval: 15_000,
  });
  return (
    <section className="card">
      <header>
        <h2>{t('overview.curve')}</h2>
        <span className="muted small">{t('overview.curveHint')}</span>
      </header>
      <Loaded query={curve}>{(data) => <Curve points={data.points} />}</Loaded>
    </section>
  );
}
