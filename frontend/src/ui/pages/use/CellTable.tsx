/** The cells of a picture: what is looked at most, a screenful at a time; all of it is in the files. */
import { useEffect, useRef, useState, type ReactElement } from 'react';

import type { Predicted } from '../../../api';
import { useT } from '../../messages';
import { number } from '../../shell/format';

const ROWS = 50;
const SHOWN = /^(frame|class|confidence|area_|volume_|equivalent_diameter_|eccentricity|solidity)/;
const INTENSITY = /^mean_(?!above_background)/;
const UNITS: Record<string, string> = { um: 'µm', um2: 'µm²', um3: 'µm³', px2: 'px²' };

type Value = string | number | null;

interface Props {
  answer: Predicted;
  chosen: number | null;
  onChoose: (label: number | null) => void;
}

/** Columns worth a place on the page: size and shape, and the mean of the first channels. */
export function shownColumns(columns: Predicted['columns']): Predicted['columns'] {
  const means = columns.filter((column) => INTENSITY.test(column.name)).slice(0, 2);
  return [...columns.filter((column) => SHOWN.test(column.name)), ...means];
}

function headOf({ name, unit }: Predicted['columns'][number]): string {
  const plain = name.endsWith(`_${unit}`) ? name.slice(0, -unit.length - 1) : name;
  const words = plain.replaceAll('_', ' ');
  return unit && unit !== 'intensity' ? `${words} (${UNITS[unit] ?? unit})` : words;
}

function shown(value: Value | undefined): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  return number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1);
}

export function CellTable({ answer, chosen, onChoose }: Props): ReactElement {
  const t = useT();
  const [limit, setLimit] = useState(ROWS);
  const row = useRef<HTMLTableRowElement>(null);
  const cells = answer.objects as Record<string, Value>[];
  const columns = shownColumns(answer.columns);
  const place = cells.findIndex((cell) => cell.label === chosen);
  const many = Math.max(limit, place + 1);
  useEffect(() => row.current?.scrollIntoView({ block: 'nearest' }), [chosen]);
  return (
    <div className="use-cells" tabIndex={0} role="group" aria-label={t('use.tableLabel')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('use.cell')}</th>
            {columns.map((column) => (
              <th key={column.name} className="num" title={column.about}>
                {headOf(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.slice(0, many).map((cell, at) => (
            <tr
              key={at}
              ref={at === place ? row : null}
              className={at === place ? 'selected' : undefined}
            >
              <td>
                <button
                  type="button"
                  className="btn small"
                  aria-pressed={at === place}
                  onClick={() => onChoose(at === place ? null : Number(cell.label))}
                >
                  {shown(cell.label)}
                </button>
              </td>
              {columns.map((column) => (
                <td key={column.name} className="num">
                  {shown(cell[column.name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {many < cells.length ? (
        <button type="button" className="btn small" onClick={() => setLimit(many + ROWS)}>
          {t('use.more', { n: cells.length - many })}
        </button>
      ) : null}
    </div>
  );
}
