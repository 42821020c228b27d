/** A package or a network: chosen, described where it does not describe itself, sent. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState, type DragEvent, type ReactElement } from 'react';

import { api, type ModelImport, type Project } from '../../../api';
import { useT } from '../../messages';
import { bytes, percent } from '../../shell/format';
import { FormError, useForm } from '../../shell/forms';
import { Icon } from '../../shell/Icon';
import { isBare, sentForm, UNSAID, type NetworkForm } from './form';
import { NetworkFields } from './NetworkFields';

interface Props {
  project: Project;
  onSent: (row: ModelImport) => void;
}

export function FileCard({ project, onSent }: Props): ReactElement {
  const t = useT();
  const id = useId();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const [form, setForm] = useState<NetworkForm>(UNSAID);
  const [sent, setSent] = useState(0);
  const sending = useForm(async () => {
    if (!file) return;
    setSent(0);
    const row = await api.upload<ModelImport>(`projects/${project.id}/model-imports`, file, {
      fields: { form: JSON.stringify(sentForm(form)), measure: 'false' },
      onProgress: setSent,
    });
    await client.invalidateQueries({ queryKey: ['model-imports', project.id] });
    onSent(row);
  });
  const take = (files: FileList | null): void => {
    if (files?.[0]) setFile(files[0]);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const bare = file !== null && isBare(file.name);
  const undescribed = bare && form.outputs.length === 0;
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <form className="stack" onSubmit={sending.onSubmit}>
        <h2 id={`${id}-title`}>{t('bring.file')}</h2>
        <div
          className={`drop compact${over ? ' over' : ''}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Icon name="upload" />
          <div className="grow">
            <b>{file ? file.name : t('bring.drop')}</b>
            <p className="muted small">{file ? bytes(file.size) : t('bring.kinds')}</p>
          </div>
          <label htmlFor={id} className="sr-only">
            {t('bring.choose')}
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
          <button type="button" className="btn" onClick={() => input.current?.click()}>
            {t('bring.choose')}
          </button>
        </div>
        <details open={bare || undefined}>
          <summary>{t(bare ? 'bring.describeBare' : 'bring.describe')}</summary>
          <div style={{ marginTop: 10 }}>
            <NetworkFields project={project} form={form} onChange={setForm} />
          </div>
        </details>
        <FormError error={sending.error} />
        <div className="row">
          <button
            type="submit"
            className="btn primary"
            disabled={!file || undescribed || sending.busy}
          >
            {t('bring.look')}
          </button>
          <span className="muted small" role="status">
            {sending.busy
              ? t('bring.sending', { share: percent(sent) })
              : undescribed
                ? t('bring.needOutputs')
                : t('bring.sandbox')}
          </span>
        </div>
      </form>
    </section>
  );
}
