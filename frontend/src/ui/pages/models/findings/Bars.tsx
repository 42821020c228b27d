/** Bars with their labels and numbers, as a table: read by everybody, drawn by CSS. */
import type { ReactElement } from 'react';

import type { Figure } from '../../../../api';
import { SERIES } from '../../../charts/colors';
import { barRows, shortNumber } from './figures';

const color = (index: number): string => `var(--c${(index % SERIES) + 1})`;

export function Bars({ figure }: { figure: Figure }): ReactElement {
  const several = figure.series.length > 1;
  return (
    <div className="finding-bars" tabIndex={0} role="group" aria-label={figure.title}>
      <table>
        <tbody>
          {barRows(figure).map((bars, row) => (
            <tr key={`${figure.labels[row] ?? ''}${row}`}>
              <th scope="row">{figure.labels[row]}</th>
              <td>
                {bars.map((bar, at) => (
                  <span
                    key={figure.series[at]?.name}
                    className="bar"
                    style={{ width: `${bar.share * 100}%`, background: color(at) }}
                  />
                ))}
              </td>
              <td className="num">{bars.map((bar) => shortNumber(bar.value)).join(' / ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {several ? (
        <p className="legend small">
          {figure.series.map(({ name }, at) => (
            <span key={name}>
              <i style={{ background: color(at) }} aria-hidden /> {name}
            </span>
          ))}
        </p>
      ) : null}
    </div>
  );
}
