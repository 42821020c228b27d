/** Drop files or folders here, or choose them. */
import { useId, useRef, useState, type DragEvent, type ReactElement } from 'react';

import { useT } from '../../messages';
import { Icon } from '../../shell/Icon';
import { filesOfDrop, filesOfInput, type PickedFile } from './picked';

interface Props {
  onFiles: (files: PickedFile[]) => void;
  disabled?: boolean;
  compact?: boolean;
}

interface ChooserProps {
  label: string;
  onFiles: (files: PickedFile[]) => void;
  disabled: boolean | undefined;
  folder?: boolean;
}

/** React's types do not know the attribute that lets a person choose a folder. */
const FOLDER = { webkitdirectory: '' };

/** A button that opens the browser's dialog for files, or for one folder. */
function Chooser({ label, onFiles, disabled, folder = false }: ChooserProps): ReactElement {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <input
        id={id}
        ref={input}
        type="file"
        multiple
        {...(folder ? FOLDER : {})}
        tabIndex={-1}
        className="sr-only"
        disabled={disabled}
        onChange={(event) => {
          const files = filesOfInput(event.target.files);
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
        {label}
      </button>
    </>
  );
}

export function DropZone({ onFiles, disabled, compact }: Props): ReactElement {
  const t = useT();
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
      <Chooser label={t('upload.choose')} onFiles={onFiles} disabled={disabled} />
      <Chooser label={t('upload.chooseFolder')} onFiles={onFiles} disabled={disabled} folder />
    </div>
  );
}
