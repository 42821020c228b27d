/** The cells about which people differ, the most disputed first. A click shows the place in all views. */
import { useEffect, useRef, type ReactElement } from 'react';

import type { CellAgreement, ComparedCell, LabelClass } from '../../../api';
import { useT, type Translate } from '../../messages';
import { percent } from '../../shell/format';

interface Props {
  agreement: CellAgreement;
  people: number;
  classes: readonly LabelClass[];
  nameOf: (annotation: string) => string;
  current: number | null;
  onGo: (at: number) => void;
}

/** `nucleus 2, debris 1` where people gave different classes; else nothing. */
function votesOf(cell: ComparedCell, classes: readonly LabelClass[]): string {
  const votes = new Map<number, number>();
  for (const { class_index } of cell.answers) {
    if (class_index !== null) votes.set(class_index, (votes.get(class_index) ?? 0) + 1);
  }
  if (votes.size < 2) return '';
  const named = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return named
    .map(([index, n]) => `${classes.find((entry) => entry.index === index)?.name ?? index} ${n}`)
    .join(', ');
}

function whoDrew(t: Translate, cell: ComparedCell, { people, nameOf }: Props): string {
  if (cell.answers.length === people) return t('review.allDrew', { n: people });
  const names = cell.answers.map(({ annotation }) => nameOf(annotation)).join(', ');
  return t('review.onlyDrew', { names });
}

export function CellList(props: Props): ReactElement {
  const { agreement, classes, current, onGo } = props;
  const t = useT();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => row.current?.scrollIntoView({ block: 'nearest' }), [current]);
  const disputed = agreement.cells.filter((cell) => cell.is_disputed);
  const { n_cells: cells, n_disputed: n } = agreement;
  return (
    <section className="review-cells" aria-label={t('review.cells')}>
      <h3>{t('review.cells')}</h3>
      <p className="muted small">{t('review.cellsOf', { n, cells })}</p>
      {disputed.length > 0 ? <p className="muted small">{t('review.cellsKeys')}</p> : null}
      <ol>
        {disputed.map((cell, at) => {
          const votes = votesOf(cell, classes);
          const iou = cell.iou === null ? '' : t('review.iou', { iou: percent(cell.iou) });
          return (
            <li key={at}>
              <button
                ref={at === current ? row : null}
                type="button"
                className="cell-row"
                aria-current={at === current}
                onClick={() => onGo(at)}
              >
                <b>{at + 1}</b>
                <span className="grow">
                  {whoDrew(t, cell, props)}
                  <span className="muted small">
                    {[iou, votes, placeOf(t, cell)].filter(Boolean).join(' · ')}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function placeOf(t: Translate, { x, y }: ComparedCell): string {
  return t('review.place', { x: Math.round(x), y: Math.round(y) });
}
