/** Classes against classes: which are taken for which, and which are found together. */
import type { ReactElement } from 'react';

import { useT } from '../../../messages';
import { number, percent } from '../../../shell/format';
import { classWord, confusions, matrixView, type Classes, type Matrix } from './report';

const MOST_CONFUSIONS = 3;
/** The heat of a full cell: text on it keeps its contrast. */
const FULL_HEAT = 45;

export function useClassWords(): { background: string; all: string } {
  const t = useT();
  return { background: t('report.background'), all: t('report.allObjects') };
}

function heat(share: number | null, hit: boolean): { background?: string } {
  if (!share) return {};
  const color = hit ? 'var(--c3)' : 'var(--c2)';
  return { background: `color-mix(in srgb, ${color} ${share * FULL_HEAT}%, transparent)` };
}

/** The pairs that are mixed up most, in words. */
function MixedUp({ names, matrix }: Matrix): ReactElement | null {
  const t = useT();
  const mixed = confusions({ names, matrix }, MOST_CONFUSIONS);
  if (mixed.length === 0) return null;
  return (
    <ul className="small">
      {mixed.map(({ truth, predicted, count }) => (
        <li key={`${truth} ${predicted}`}>{t('report.mixedUp', { truth, predicted, n: count })}</li>
      ))}
    </ul>
  );
}

/** Rows are the truth; each cell tells how many, and which share of its row. */
export function ConfusionTable({ classes }: { classes: Classes & Matrix }): ReactElement {
  const t = useT();
  const { names, rows } = matrixView(classes);
  const words = useClassWords();
  const word = (at: number): string =>
    names[at] === null ? t('report.nothing') : classWord(classes, at, words);
  const named = classes.names.map((_, at) => classWord(classes, at, words));
  return (
    <>
      <MixedUp names={named} matrix={classes.matrix} />
      <div className="scrolls" tabIndex={0} role="group" aria-label={t('report.confusion')}>
        <table className="confusion">
          <caption className="small muted">{t('report.confusionHint')}</caption>
          <thead>
            <tr>
              <th scope="col" className="corner small muted">
                {t('report.truthDown')}
              </th>
              {names.map((_, at) => (
                <th key={at} scope="col">
                  {word(at)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <th scope="row">{word(i)}</th>
                {row.map((cell, j) => (
                  <td key={j} style={heat(cell.share, cell.hit)}>
                    {cell.void ? (
                      <span className="muted">-</span>
                    ) : (
                      <>
                        <b>{number(cell.count)}</b>
                        <span className="small">{percent(cell.share)}</span>
                      </>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Two classes at once: how many images have both, and how many were said to. */
export function TogetherTable({
  names,
  together: { truth, predicted },
}: {
  names: string[];
  together: NonNullable<Classes['together']>;
}): ReactElement {
  const t = useT();
  return (
    <div className="scrolls" tabIndex={0} role="group" aria-label={t('report.together')}>
      <table className="confusion">
        <caption className="small muted">{t('report.togetherHint')}</caption>
        <thead>
          <tr>
            <th scope="col" className="corner small muted">
              {t('report.together')}
            </th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {names.map((other, j) => {
                const [real, said] = [truth[i]?.[j] ?? 0, predicted[i]?.[j] ?? 0];
                const off = Math.abs(real - said) / Math.max(real, said, 1);
                return (
                  <td key={other} style={heat(off, false)}>
                    <b>{number(real)}</b>
                    <span className="small">{t('report.saidTogether', { n: said })}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
