/** The worst cells and images of the validation split; each leads to its place on the canvas. */
import { useState, type ReactElement, type ReactNode } from 'react';

import type { Id } from '../../../../api';
import { useT } from '../../../messages';
import { number, percent } from '../../../shell/format';
import { CropGrid } from './CropGrid';
import { LayeredPicture } from './LayeredPicture';
import {
  keyOf,
  KINDS,
  verdictOf,
  type CellKind,
  type ItemLine,
  type Layer,
  type Report,
  type WorstImage,
  type WorstObject,
} from './report';

const PICTURE: ReadonlySet<Layer> = new Set(['picture']);

interface Props {
  run: Id;
  worst: NonNullable<Report['worst']>;
  names: string[];
  nameOf: (line: ItemLine) => string;
  linkOf: (line: ItemLine, child?: ReactNode) => ReactNode;
}

const CELL_KINDS: readonly CellKind[] = [...KINDS, 'wrong'];

function CellText({ cell, names }: { cell: WorstObject; names: string[] }): ReactElement {
  const t = useT();
  const word = (at: number | null | undefined): string => names[at ?? -1] ?? '';
  const { truth, predicted } = cell;
  const facts = [
    cell.kind === 'wrong'
      ? t('report.takenFor', { truth: word(truth), predicted: word(predicted) })
      : null,
    cell.confidence === null ? null : t('report.sure', { share: percent(cell.confidence) }),
    cell.kind === 'false' ? null : t('report.iou', { iou: number(cell.iou, 2) }),
    t('report.area', { n: cell.area }),
  ];
  return (
    <>
      <b>{t(`report.kind.${cell.kind}`)}</b>
      <span className="small muted">{facts.filter((fact) => fact !== null).join(' · ')}</span>
    </>
  );
}

function Cells({
  run,
  cells,
  names,
  nameOf,
  linkOf,
}: Omit<Props, 'worst'> & { cells: WorstObject[] }): ReactElement {
  const t = useT();
  const kinds = CELL_KINDS.filter((kind) => cells.some((cell) => cell.kind === kind));
  const [chosen, choose] = useState<CellKind | null>(null);
  const shown = chosen ? cells.filter((cell) => cell.kind === chosen) : cells;
  return (
    <>
      <div className="choices" role="group" aria-label={t('report.filter')}>
        {[null, ...kinds].map((kind) => (
          <button
            key={kind ?? 'all'}
            type="button"
            className="btn small"
            aria-pressed={chosen === kind}
            onClick={() => choose(kind)}
          >
            {kind ? t(`report.kind.${kind}`) : t('report.allKinds')}
          </button>
        ))}
      </div>
      <ul className="crops">
        {shown.map((cell) => (
          <li key={`${keyOf(cell)} ${cell.kind} ${cell.object}`}>
            {linkOf(
              cell,
              <>
                <LayeredPicture run={run} line={cell} shown={PICTURE} label="" />
                <CellText cell={cell} names={names} />
                <span className="small truncate">{nameOf(cell)}</span>
              </>,
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Images({
  images,
  nameOf,
  linkOf,
}: Pick<Props, 'nameOf' | 'linkOf'> & { images: WorstImage[] }): ReactElement {
  const t = useT();
  const counted = images.some((image) => image.counts);
  return (
    <div className="scrolls" tabIndex={0} role="group" aria-label={t('report.worstImages')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('report.image')}</th>
            <th scope="col" className="num">
              {t('report.value')}
            </th>
            {counted
              ? KINDS.map((kind) => (
                  <th key={kind} scope="col" className="num">
                    {t(`report.kind.${kind}`)}
                  </th>
                ))
              : null}
          </tr>
        </thead>
        <tbody>
          {images.map((image) => (
            <tr key={keyOf(image)}>
              <th scope="row">{linkOf(image, nameOf(image))}</th>
              <td className="num">{number(image.value, 3)}</td>
              {counted
                ? KINDS.map((kind) => (
                    <td key={kind} className="num">
                      {number(image.counts?.[kind])}
                    </td>
                  ))
                : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function WorstCard({ run, worst, names, nameOf, linkOf }: Props): ReactElement {
  const t = useT();
  const { images, objects } = worst;
  const classified = images.some((image) => verdictOf(image, names) !== null);
  const lines = { nameOf, linkOf };
  return (
    <section className="card stack">
      <h2>{t(objects ? 'report.worstCells' : 'report.worstImages')}</h2>
      {objects ? (
        objects.length > 0 ? (
          <Cells run={run} cells={objects} names={names} {...lines} />
        ) : (
          <p className="muted">{t('report.noErrors')}</p>
        )
      ) : null}
      {objects ? <h3>{t('report.worstImages')}</h3> : null}
      {classified ? <CropGrid run={run} lines={images} names={names} {...lines} /> : null}
      {!classified && images.length > 0 ? <Images images={images} {...lines} /> : null}
      {!objects && images.length === 0 ? <p className="muted">{t('report.noErrors')}</p> : null}
    </section>
  );
}
