/** Classified crops: truth, prediction and how sure the model was; the wrong ones marked. */
import type { ReactElement, ReactNode } from 'react';

import type { Id } from '../../../../api';
import { useT } from '../../../messages';
import { percent } from '../../../shell/format';
import { LayeredPicture } from './LayeredPicture';
import { isWrong, type Example, type ItemLine, type Layer, type WorstImage } from './report';

const PICTURE: ReadonlySet<Layer> = new Set(['picture']);

interface Props {
  run: Id;
  lines: (Example | WorstImage)[];
  names: string[];
  nameOf: (line: ItemLine) => string;
  linkOf: (line: ItemLine) => ReactNode;
}

export function CropGrid({ run, lines, names, nameOf, linkOf }: Props): ReactElement {
  const t = useT();
  return (
    <ul className="crops">
      {lines.map((line) => {
        const wrong = isWrong(line);
        const predicted = names[line.predicted ?? 0] ?? '';
        const truth = names[line.truth ?? 0] ?? '';
        return (
          <li key={line.item} data-wrong={wrong}>
            <LayeredPicture run={run} line={line} shown={PICTURE} label={nameOf(line)} />
            <p className="small">
              <b>
                <span aria-hidden>{wrong ? '✗ ' : '✓ '}</span>
                {predicted}
              </b>{' '}
              {percent(line.confidence)}
            </p>
            <p className="small muted">
              {wrong ? t('report.isTruly', { truth }) : t('report.isRight')}
            </p>
            <p className="small">{linkOf(line)}</p>
          </li>
        );
      })}
    </ul>
  );
}
