/** A picture of the report in layers that lie on each other. */
import type { CSSProperties, ReactElement } from 'react';

import type { Id } from '../../../../api';
import { useT } from '../../../messages';
import { LAYERS, pictureUrl, type ItemLine, type Layer } from './report';

interface Props {
  run: Id;
  line: ItemLine;
  shown: ReadonlySet<Layer>;
  /** What is on it, in words; empty where it is said beside it. */
  label: string;
}

export function LayeredPicture({ run, line, shown, label }: Props): ReactElement {
  const t = useT();
  const { layers = {}, shape } = line;
  const [height, width] = shape ?? [1, 1];
  if (!layers.picture) return <div className="layered none muted small">{t('report.noRoom')}</div>;
  return (
    <div
      className="layered"
      style={{ aspectRatio: `${width} / ${height}`, '--ratio': width / height } as CSSProperties}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {LAYERS.map((layer) => {
        const name = layers[layer];
        return name && shown.has(layer) ? (
          <img key={layer} src={pictureUrl(run, name)} alt="" draggable={false} loading="lazy" />
        ) : null;
      })}
    </div>
  );
}
