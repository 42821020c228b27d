/** Classified crops: truth, prediction and how sure the model was; the wrong ones marked. */
import type { ReactElement, ReactNode } from 'react';

import type { Id } from '../../../../api';
import { useT } from '../../../messages';
import { percent } from '../../../shell/format';
import { LayeredPicture } from './LayeredPicture';
import { verdictOf, type ItemLine, type Layer, type Verdict, type WorstImage } from './report';

const PICTURE: ReadonlySet<Layer> = new Set(['picture']);

interface Props {
  run: Id;
  lines: WorstImage[];
  names: string[];
  nameOf: (line: ItemLine) => string;
  linkOf: (line: ItemLine) => ReactNode;
}

function Words({ verdict }: { verdict: Verdict }): ReactElement {
  const t = useT();
  const { wrong, predicted, truth } = verdict;
  return (
    <>
      <p className="small">
        <b aria-hidden>{wrong ? '✗ ' : '✓ '}</b>
        {predicted.length === 0 ? <b>{t('report.noClass')}</b> : null}
        {predicted.map(({ name, chance }, at) => (
          <span key={name}>
            {at > 0 ? ', ' : ''}
            <b>{name}</b> {percent(chance)}
          </span>
        ))}
      </p>
      <p className="small muted">
        {wrong
          ? t('report.isTruly', { truth: truth.join(', ') || t('report.noClass') })
          : t('report.isRight')}
      </p>
    </>
  );
}

export function CropGrid({ run, lines, names, nameOf, linkOf }: Props): ReactElement {
  return (
    <ul className="crops">
      {lines.map((line) => {
        const verdict = verdictOf(line, names);
        return (
          <li key={line.item} data-wrong={verdict?.wrong}>
            <LayeredPicture run={run} line={line} shown={PICTURE} label={nameOf(line)} />
            {verdict ? <Words verdict={verdict} /> : null}
            <p className="small">{linkOf(line)}</p>
          </li>
        );
      })}
    </ul>
  );
}
