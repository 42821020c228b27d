/** Results per class, and which classes are taken for which. */
import type { ReactElement } from 'react';

import { useT } from '../../../messages';
import { number, percent } from '../../../shell/format';
import { KINDS, classWord, confusions, matrixView, type ClassRow, type Classes } from './report';

const COLUMNS = ['precision', 'recall', 'f1', 'iou', 'dice'] as const;
const MOST_CONFUSIONS = 3;
/** The heat of a full cell: text on it keeps its contrast. */
const FULL_HEAT = 45;

function useClassWords(): { background: string; all: string } {
  const t = useT();
  return { background: t('report.background'), all: t('report.allObjects') };
}

function Rows({ classes }: { classes: Classes }): ReactElement {
  const t = useT();
  const shown = COLUMNS.filter((name) => classes.rows.some((row) => row[name] !== undefined));
  const words = useClassWords();
  const nameOf = (row: ClassRow): string => classWord(classes, row.index, words);
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('report.class')}</th>
          <th scope="col" className="num">
            {t(`report.support.${classes.unit}`)}
          </th>
          <th scope="col" className="num">
            {t('report.predicted')}
          </th>
          {shown.map((name) => (
            <th key={name} scope="col" className="num">
              {t(`report.metric.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {classes.rows.map((row) => (
          <tr key={row.index}>
            <th scope="row">{nameOf(row)}</th>
            <td className="num">{number(row.support)}</td>
            <td className="num">{number(row.predicted)}</td>
            {shown.map((name) => (
              <td key={name} className="num">
                {number(row[name], 3)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function heat(share: number | null, hit: boolean): { background?: string } {
  if (!share) return {};
  const color = hit ? 'var(--c3)' : 'var(--c2)';
  return { background: `color-mix(in srgb, ${color} ${share * FULL_HEAT}%, transparent)` };
}

/** Rows are the truth; each cell tells how many, and which share of its row. */
export function ConfusionTable({ classes }: { classes: Classes }): ReactElement {
  const t = useT();
  const { names, rows } = matrixView(classes);
  const words = useClassWords();
  const word = (at: number): string =>
    names[at] === null ? t('report.nothing') : classWord(classes, at, words);
  return (
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
  );
}

function ErrorCounts({ errors }: { errors: NonNullable<Classes['errors']> }): ReactElement {
  const t = useT();
  return (
    <dl className="error-counts">
      {KINDS.map((kind) => (
        <div key={kind}>
          <dt>{t(`report.kind.${kind}`)}</dt>
          <dd>{number(errors[kind])}</dd>
        </div>
      ))}
    </dl>
  );
}

export function ClassCard({ classes }: { classes: Classes }): ReactElement {
  const t = useT();
  const words = useClassWords();
  const names = classes.names.map((_, at) => classWord(classes, at, words));
  const mixed = confusions({ names, matrix: classes.matrix }, MOST_CONFUSIONS);
  return (
    <section className="card stack">
      <h2>{t('report.classes')}</h2>
      <Rows classes={classes} />
      {classes.errors ? <ErrorCounts errors={classes.errors} /> : null}
      {mixed.length > 0 ? (
        <ul className="small">
          {mixed.map(({ truth, predicted, count }) => (
            <li key={`${truth} ${predicted}`}>
              {t('report.mixedUp', { n: count, truth, predicted })}
            </li>
          ))}
        </ul>
      ) : null}
      <ConfusionTable classes={classes} />
    </section>
  );
}
