/** The model's proposals by their confidence: a threshold with its histogram, and one doubtful cell after another. */
import type { ReactElement } from 'react';

import type { Proposals } from '../../engine/proposals';
import type { Session } from '../../engine/session';
import type { Command } from '../commands';
import { keyLabel, useBindings } from '../keymap';
import { useT, type MessageKey } from '../messages';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

const HEIGHT = 32;

function Histogram({
  counts,
  threshold,
}: {
  counts: readonly number[];
  threshold: number;
}): ReactElement {
  const most = Math.max(1, ...counts);
  return (
    <svg
      className="proposal-histogram"
      viewBox={`0 0 ${counts.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {counts.map((count, bin) => {
        // One cell among thousands is still to be seen.
        const height = count ? Math.max(1, (count / most) * HEIGHT) : 0;
        const below = (bin + 1) / counts.length <= threshold;
        return (
          <rect
            key={bin}
            className={below ? 'below' : ''}
            x={bin + 0.06}
            y={HEIGHT - height}
            width={0.88}
            height={height}
          />
        );
      })}
      <line x1={threshold * counts.length} x2={threshold * counts.length} y1={0} y2={HEIGHT} />
    </svg>
  );
}

interface Step {
  command: Command;
  text: MessageKey;
  run: (proposals: Proposals) => Promise<void>;
}

const STEPS: readonly Step[] = [
  { command: 'view.unsureBack', text: 'proposals.back', run: (all) => all.step(-1) },
  { command: 'view.unsure', text: 'proposals.next', run: (all) => all.step(1) },
  { command: 'edit.confirmUnsure', text: 'proposals.confirm', run: (all) => all.confirm() },
  { command: 'edit.deleteUnsure', text: 'proposals.delete', run: (all) => all.deleteTurn() },
];

export function ProposalsPanel({ session }: { session: Session }): ReactElement | null {
  const t = useT();
  const bindings = useBindings();
  const shown = useSnapshot(session);
  const state = shown.proposals;
  if (!state) return null;
  const marked = { seen: state.seen, confirmed: state.confirmed };
  const percent = Math.round(state.threshold * 100);
  return (
    <Panel
      id="proposals"
      title={t('proposals.title')}
      aside={
        <span className="muted small" role="status">
          {state.position
            ? t('proposals.position', { at: state.position, total: state.total })
            : t('proposals.total', { n: state.total })}
        </span>
      }
    >
      <div className="proposal-steps">
        {STEPS.map(({ command, text, run }) => (
          <button
            key={command}
            type="button"
            className="btn small"
            title={t(command)}
            onClick={() => void run(session.proposals)}
          >
            {t(text)} <kbd>{keyLabel(bindings[command])}</kbd>
          </button>
        ))}
      </div>
      <p className="muted small">
        {state.confidence === null
          ? t('proposals.hint')
          : t('proposals.turn', { percent: Math.round(state.confidence * 100), ...marked })}
      </p>
      <Histogram counts={state.histogram} threshold={state.threshold} />
      <label className="slider">
        <span>{t('proposals.threshold')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={state.threshold}
          aria-valuetext={t('proposals.thresholdText', { percent, n: state.below })}
          onChange={(event) => session.proposals.setThreshold(Number(event.target.value))}
        />
        <output>{percent} %</output>
      </label>
      {state.threshold > 0 ? (
        <div className="proposal-steps">
          <button
            type="button"
            className="btn small"
            disabled={state.above === 0 || shown.loading || shown.otherTab}
            onClick={() => session.proposals.confirmAbove()}
          >
            {t('proposals.confirmAbove', { n: state.above })}
          </button>
          <button
            type="button"
            className="btn small"
            disabled={state.below === 0 || shown.loading || shown.otherTab}
            onClick={() => void session.proposals.removeBelow()}
          >
            {t('proposals.remove', { n: state.below })}
          </button>
        </div>
      ) : null}
    </Panel>
  );
}
