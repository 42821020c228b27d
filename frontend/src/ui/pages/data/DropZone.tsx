/** Drop files or folders here, or choose them. */
import { useId, useRef, useState, type DragEvent, type ReactElement } from 'react';

import { useT } from '../../messages';
import { Icon } from '../../shell/Icon';
import { filesOfDrop } from './dropped';

interface Props {
  onFiles: (files: File[]) => void;
  disabled?: boolean;
  compact?: boolean;
}

export function DropZone({ onFiles, disabled, compact }: Props): ReactElement {
  const t = useT();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  const drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    setOver(false);
    if (disabled) return;
    const files = await filesOfDrop(event.dataTransfer);
    if (files.length > 0) onFiles(files);
  };

  return (
    <div
      className={`drop${over ? ' over' : ''}${compact ? ' compact' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <Icon name="upload" />
      <div className="grow">
        <b>{t('upload.drop')}</b>
        <p className="muted small">{t('upload.formats')}</p>
      </div>
      <label htmlFor={id} className="sr-only">
        {t('upload.choose')}
      </label>
      <input
        id={id}
        ref={input}
        type="file"
        multiple
        tabIndex={-1}
        className="sr-only"
        disabled={disabled}
        onChange={(event) => {
          const files = Array.from(event.target.files ?? []);
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <button
        type="button"
        className="btn"
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        {t('upload.choose')}
      </button>
    </div>
  );
}
