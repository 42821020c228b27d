/** Rounds of active learning with their arms. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement } from 'react';

import type { Round } from '../../../api';
import { serverSentence, useT } from '../../messages';
import { dateTime, number } from '../../shell/format';
import { Loaded } from '../../shell/states';
import { wordFor } from '../../shell/words';

function RoundRow({ round }: { round: Round }): ReactElement {
  const t = useT();
  const share = round.n_samples > 0 ? round.n_labelled / round.n_samples : 0;
  return (
    <tr>
      <td className="num">{round.number}</td>
      <td>
        <span
          className={`badge ${round.state === 'failed' ? 'bad' : round.state === 'done' ? 'ok' : 'accent'}`}
        >
          {wordFor(t, 'round.state', round.state)}
        </span>
        {round.state === 'failed' ? (
          <div className="small bad-text">{serverSentence(round.code, round.detail)}</div>
        ) : (
          <div className="muted small nowrap">{dateTime(round.created_at)}</div>
        )}
      </td>
      <td>
        {round.arms.map((arm) => (
          <div key={arm.name} className="small">
            {arm.name === arm.strategy
              ? wordFor(t, 'strategy', arm.strategy)
              : `${wordFor(t, 'arm', arm.name)}: ${wordFor(t, 'strategy', arm.strategy)}`}{' '}
            <span className="muted">
              {number(arm.labelled)}/{number(arm.n)}
            </span>
          </div>
        ))}
      </td>
      <td style={{ width: 110 }}>
        <div className="small num">
          {number(round.n_labelled)}/{number(round.n_samples)}
        </div>
        <div className="meter ok">
          <span style={{ width: `${share * 100}%` }} />
        </div>
      </td>
    </tr>
  );
}

export function Rounds({ query }: { query: UseQueryResult<Round[]> }): ReactElement {
  const t = useT();
  return (
    <section className="card flush">
      <header>
        <h2>{t('overview.rounds')}</h2>
        <span className="muted small">{t('overview.roundsHint')}</span>
      </header>
      <Loaded query={query}>
        {(rounds) =>
          rounds.length === 0 ? (
            <p className="muted pad">{t('overview.noRounds')}</p>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th className="num">{t('overview.round')}</th>
                  <th>{t('overview.roundState')}</th>
                  <th>{t('overview.arms')}</th>
                  <th className="num">{t('overview.labelled')}</th>
                </tr>
              </thead>
              <tbody>
                {[...rounds]
                  .sort((a, b) => b.number - a.number)
                  .map((round) => (
                    <RoundRow key={round.id} round={round} />
                  ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </section>
  );
}
