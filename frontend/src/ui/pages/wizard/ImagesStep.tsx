/** Images of the new project: dropped here into a new data set, or taken from one that is there. */
import type { ReactElement } from 'react';

import type { DataSet } from '../../../api';
import { useT } from '../../messages';
import { FormError } from '../../shell/forms';
import { DropZone } from '../data/DropZone';
import type { PickedFile } from '../data/picked';
import { UploadList } from '../data/UploadList';
import type { UploadQueue } from '../data/uploadQueue';

interface Props {
  sets: DataSet[];
  chosen: number[];
  onChosen: (ids: number[]) => void;
  queue: UploadQueue;
  onFiles: (files: PickedFile[]) => void;
  error: unknown;
}

export function ImagesStep({ sets, chosen, onChosen, queue, onFiles, error }: Props): ReactElement {
  const t = useT();
  const toggle = (id: number): void =>
    onChosen(chosen.includes(id) ? chosen.filter((item) => item !== id) : [...chosen, id]);
  return (
    <div className="stack">
      <DropZone onFiles={onFiles} />
      <FormError error={error} />
      <UploadList queue={queue} />
      {sets.length > 0 ? (
        <fieldset style={{ margin: 0, padding: 0, border: 0 }}>
          <legend className="muted small">{t('wizard.orSet')}</legend>
          <div className="row wrap" style={{ marginTop: 6, gap: 16 }}>
            {sets.map((set) => (
              <label key={set.id} className="row">
                <input
                  type="checkbox"
                  checked={chosen.includes(set.id)}
                  onChange={() => toggle(set.id)}
                />
                {set.name}
                <span className="muted small">{t('wizard.setImages', { n: set.n_images })}</span>
              </label>
            ))}
          </div>
        </fieldset>
      ) : null}
    </div>
  );
}
