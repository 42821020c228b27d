/** A picture of the project for a model: chosen from a few, waited for. */
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import { api, type Image, type Predicted, type Project } from '../../../api';
import { useT } from '../../messages';
import { FormError } from '../../shell/forms';
import { rowsOf, usePaged } from '../../shell/queries';
import { Empty, Loaded } from '../../shell/states';
import { Thumb } from '../data/Thumb';
import { waitFor } from './waitFor';

const SHOWN = 8;

interface Props {
  project: Project;
  model: number;
  /** Whether to ask how unsure the model is of each pixel. */
  uncertainty: boolean;
  /** Called with the id of a request that is answered. */
  onAnswer: (request: string) => void;
}

export function TryPicture({ project, model, uncertainty, onAnswer }: Props): ReactElement {
  const t = useT();
  const [chosen, setChosen] = useState<number | null>(null);
  const dataset = project.datasets[0];
  const query = { dataset: dataset ?? 0, status: 'ready', page_size: SHOWN };
  const images = usePaged<Image>(['try-pictures'], 'images', query);
  const asking = useMutation({
    mutationFn: async (image: number) => {
      setChosen(image);
      return waitFor(await api.post<Predicted>(`models/${model}/predict`, { image, uncertainty }));
    },
    onSuccess: (answer) => onAnswer(answer.id),
  });
  return (
    <section className="card stack">
      <header>
        <h2>{t('bring.try')}</h2>
        <span className="muted small" role="status">
          {asking.isPending ? t('use.looking') : t('bring.tryText')}
        </span>
      </header>
      <Loaded query={images}>
        {(data) =>
          rowsOf(data).length === 0 ? (
            <Empty title={t('bring.noPictures')} text={t('bring.noPicturesText')} />
          ) : (
            <div className="use-pictures">
              {rowsOf(data).map((image) => (
                <button
                  key={image.id}
                  type="button"
                  title={image.name}
                  aria-pressed={chosen === image.id}
                  disabled={asking.isPending}
                  onClick={() => asking.mutate(image.id)}
                >
                  <Thumb image={image} />
                </button>
              ))}
            </div>
          )
        }
      </Loaded>
      <FormError error={asking.error} />
    </section>
  );
}
