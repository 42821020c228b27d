/** Results per class, which classes are taken for which, and which go together. */
import type { ReactElement } from 'react';

import { useT } from '../../../messages';
import { number } from '../../../shell/format';
import { ConfusionTable, TogetherTable, useClassWords } from './ClassTables';
import { KINDS, classWord, type ClassRow, type Classes } from './report';

const COLUMNS = [
  ...(['precision', 'recall', 'f1', 'average_precision', 'ap50'] as const),
  ...(['panoptic_quality', 'iou', 'dice'] as const),
];
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
          {classes.thresholds ? (
            <th scope="col" className="num" title={t('report.thresholdHint')}>
              {t('report.threshold')}
            </th>
          ) : null}
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
            {classes.thresholds ? (
              <td className="num">{number(classes.thresholds[row.index], 2)}</td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
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
  const { matrix, together, unclassed } = classes;
  return (
    <section className="card stack">
      <h2>{t('report.classes')}</h2>
      <div className="scrolls" tabIndex={0} role="group" aria-label={t('report.classes')}>
        <Rows classes={classes} />
      </div>
      {classes.errors ? <ErrorCounts errors={classes.errors} /> : null}
      {matrix ? <ConfusionTable classes={{ ...classes, matrix }} /> : null}
      {unclassed ? <p className="small muted">{t('report.unclassed', { n: unclassed })}</p> : null}
      {together ? <TogetherTable names={classes.names} together={together} /> : null}
    </section>
  );
}
