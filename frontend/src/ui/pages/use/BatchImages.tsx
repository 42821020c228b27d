/** The images of a batch: what was found in each; one leads to its outlines. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';

import { apiUrl, fetchPage, type PredictionBatch, type PredictionBatchItem } from '../../../api';
import { useT } from '../../messages';
import { Loaded } from '../../shell/states';

const MOST = 60;

interface Props {
  batch: PredictionBatch;
  onShow: (image: number) => void;
}

function found(item: PredictionBatchItem): number | null {
  return Object.keys(item.class_scores).length > 0 ? null : item.n_objects;
}

export function BatchImages({ batch, onShow }: Props): ReactElement {
  const t = useT();
  const query = useQuery({
    queryKey: ['batch-images', batch.id, batch.n_done],
    queryFn: ({ signal }) =>
      fetchPage<PredictionBatchItem>(
        `prediction-batches/${batch.id}/images`,
        { page_size: MOST },
        null,
        signal,
      ),
  });
  return (
    <section className="card">
      <header>
        <h2>{batch.dataset_name || t('use.pool')}</h2>
      </header>
      <Loaded query={query}>
        {(page) => (
          <ul className="gallery">
            {page.results.map((item) => (
              <li key={item.image} className="tile">
                <button
                  type="button"
                  className="use-tile"
                  disabled={!item.done}
                  onClick={() => onShow(item.image)}
                >
                  <span className="tile-picture">
                    <img src={apiUrl(`images/${item.image}/thumbnail`)} alt="" loading="lazy" />
                  </span>
                  <span className="tile-name">{item.name}</span>
                  <span className="muted small">
                    {item.done && found(item) !== null
                      ? t('use.cells', { n: item.n_objects ?? 0 })
                      : item.detail || (item.done ? '' : t('use.notYet'))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {batch.n_images > MOST ? <p className="muted small">{t('use.newest', { n: MOST })}</p> : null}
    </section>
  );
}
