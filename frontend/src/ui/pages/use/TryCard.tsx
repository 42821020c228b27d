/** One picture for a model: dropped, chosen, waited for. */
import { useMutation } from '@tanstack/react-query';
import { useId, useRef, useState, type DragEvent, type ReactElement } from 'react';

import { api, type Predicted } from '../../../api';
import { useT } from '../../messages';
import { percent } from '../../shell/format';
import { FormError } from '../../shell/forms';
import { Icon } from '../../shell/Icon';
import { waitFor } from './waitFor';

interface Props {
  model: number;
  /** Whether to ask how unsure the model is of each pixel. */
  uncertainty: boolean;
  /** Called with the id of a request that is answered. */
  onAnswer: (request: string) => void;
}

/** Send a picture, and ask until the answer is there. */
async function ask(
  model: number,
  file: File,
  uncertainty: boolean,
  onProgress: (sent: number) => void,
): Promise<string> {
  const options = { fields: { uncertainty: String(uncertainty) }, onProgress };
  return (await waitFor(await api.upload<Predicted>(`models/${model}/predict`, file, options))).id;
}

export function TryCard({ model, uncertainty, onAnswer }: Props): ReactElement {
  const t = useT();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState(0);
  const asking = useMutation({
    mutationFn: (file: File) => {
      setSent(0);
      return ask(model, file, uncertainty, setSent);
    },
    onSuccess: onAnswer,
  });
  const take = (files: FileList | null): void => {
    const file = files?.[0];
    if (file && !asking.isPending) asking.mutate(file);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <section
      className={`drop${over ? ' over' : ''}`}
      aria-labelledby={`${id}-title`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" />
      <div className="grow">
        <h2 id={`${id}-title`}>{t('use.try')}</h2>
        <p className="muted small" role="status">
          {asking.isPending
            ? sent < 1
              ? t('use.sending', { share: percent(sent) })
              : t('use.looking')
            : t('use.tryText')}
        </p>
        <FormError error={asking.error} />
      </div>
      <label htmlFor={id} className="sr-only">
        {t('use.choose')}
      </label>
      <input
        id={id}
        ref={input}
        type="file"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          take(event.target.files);
          event.target.value = '';
        }}
      />
      <button
        type="button"
        className="btn primary"
        disabled={asking.isPending}
        onClick={() => input.current?.click()}
      >
        {t('use.choose')}
      </button>
    </section>
  );
}
