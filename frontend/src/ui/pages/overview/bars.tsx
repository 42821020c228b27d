/** How far the samples are, and how often each class was given. */
import type { ReactElement } from 'react';

import type { Overview } from '../../../api';
import { useT } from '../../messages';
import { number, percent } from '../../shell/format';

const STATES = [
  ['accepted', 'var(--c3)'],
  ['in_review', 'var(--c5)'],
  ['answered', 'var(--c6)'],
  ['queued', 'var(--c1)'],
  ['pool', 'var(--border-strong)'],
] as const;

export function Progress({ overview }: { overview: Overview }): ReactElement {
  const t = useT();
  const { samples } = overview;
  const total = Math.max(1, samples.total);
  return (
    <section className="card">
      <header>
        <h2>{t('overview.progress')}</h2>
        <span className="muted small">
          {t('overview.progressText', {
            accepted: samples.accepted,
            n: samples.total,
            share: percent(samples.accepted / total),
          })}
        </span>
      </header>
      <div className="stacked" aria-hidden="true">
        {STATES.filter(([state]) => samples[state] > 0).map(([state, color]) => (
          <span
            key={state}
            style={{ width: `${(samples[state] / total) * 100}%`, background: color }}
          />
        ))}
      </div>
      <div className="legend" style={{ marginTop: 8 }}>
        {STATES.map(([state, color]) => (
          <span key={state}>
            <i className="swatch" style={{ background: color }} />
            {t(`overview.state.${state}`)} <b>{number(samples[state])}</b>
          </span>
        ))}
      </div>
    </section>
  );
}

export function ClassCounts({ counts }: { counts: Overview['class_counts'] }): ReactElement {
  const t = useT();
  const top = Math.max(1, ...counts.map((item) => item.n));
  return (
    <section className="card">
      <header>
        <h2>{t('overview.classes')}</h2>
        <span className="muted small">{t('overview.classesHint')}</span>
      </header>
      {counts.length === 0 ? <p className="muted">{t('overview.noClasses')}</p> : null}
      {counts.map((item) => (
        <div key={item.index} className="bar-row">
          <span className="truncate" title={item.class}>
            {item.class}
          </span>
          <span
            className="bar"
            style={{
              width: `${(item.n / top) * 100}%`,
              background: item.color,
            }}
          />
          <span className="num">{number(item.n)}</span>
        </div>
      ))}
    </section>
  );
}
