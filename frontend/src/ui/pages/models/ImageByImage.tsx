/** Two of the compared models on each image: a point per image, and those that differ most. */
import type { ReactElement } from 'react';
import { Link } from 'react-router';

import type { Id, ModelComparison } from '../../../api';
import { ScatterChart } from '../../charts/ScatterChart';
import { useT } from '../../messages';
import { number, signed } from '../../shell/format';
import { differingMost, type ComparedImage } from './comparison';

const MOST = 8;

interface Props {
  projectId: Id;
  comparison: ModelComparison;
  /** Places of the two models among the compared. */
  pair: [number, number];
  onPair: (pair: [number, number]) => void;
}

export function ImageByImage({ projectId, comparison, pair, onPair }: Props): ReactElement {
  const t = useT();
  const { models, images } = comparison;
  const [a, b] = pair;
  const nameOf = (at: number): string => t('models.modelN', { i: models[at]?.number ?? '' });
  const addressOf = (image: ComparedImage): string | null =>
    image.image === null ? null : `/projects/${projectId}/data/${image.image}`;
  const points = images.map((image) => {
    const x = image.values[a] ?? 0;
    const y = image.values[b] ?? 0;
    return {
      key: image.sample,
      x,
      y,
      to: addressOf(image),
      name: t('compare.point', { i: image.sample, a: number(x, 3), b: number(y, 3) }),
    };
  });
  const words = {
    a: String(models[a]?.number ?? ''),
    b: String(models[b]?.number ?? ''),
  };
  return (
    <section className="card">
      <header>
        <h2>{t('compare.images')}</h2>
        {models.length > 2 ? (
          <label className="row small">
            {t('compare.against')}
            <select
              className="input auto"
              value={b}
              onChange={(event) => onPair([a, Number(event.target.value)])}
            >
              {models.map((model, at) =>
                at === a ? null : (
                  <option key={model.model} value={at}>
                    {nameOf(at)}
                  </option>
                ),
              )}
            </select>
          </label>
        ) : null}
      </header>
      <p className="muted small">{t('compare.imagesText', words)}</p>
      <div className="cols">
        <ScatterChart points={points} labels={[nameOf(a), nameOf(b)]} label={t('compare.images')} />
        <div>
          <h3>{t('compare.most')}</h3>
          <table className="table">
            <thead>
              <tr>
                <th>{t('compare.image')}</th>
                <th>{t('compare.group')}</th>
                <th className="num">{nameOf(a)}</th>
                <th className="num">{nameOf(b)}</th>
                <th className="num">±</th>
              </tr>
            </thead>
            <tbody>
              {differingMost(images, a, b, MOST).map((image) => {
                const to = addressOf(image);
                const x = image.values[a] ?? 0;
                const y = image.values[b] ?? 0;
                return (
                  <tr key={image.sample}>
                    <td>{to ? <Link to={to}>{image.sample}</Link> : image.sample}</td>
                    <td className="muted small">{image.group}</td>
                    <td className="num">{number(x, 3)}</td>
                    <td className="num">{number(y, 3)}</td>
                    <td className="num">{signed(y - x)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}
