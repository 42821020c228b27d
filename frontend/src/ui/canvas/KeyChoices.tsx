/** Which keys to begin with, whether single characters work, and the keys as a file. */
import { useId, useState, type ReactElement } from 'react';

import { PRESET_NAMES } from '../commands/presets';
import {
  allowCharacters,
  choosePreset,
  exportKeys,
  importKeys,
  resetKeys,
  useKeyChoices,
} from '../keymap';
import { useT } from '../messages';

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'cytoloop-keys.json';
  link.click();
  URL.revokeObjectURL(url);
}

export function KeyChoices(): ReactElement {
  const t = useT();
  const id = useId();
  const { preset, characters } = useKeyChoices();
  const [told, setTold] = useState('');
  const take = async (file: File | undefined): Promise<void> => {
    if (file) setTold(t(importKeys(await file.text()) ? 'keys.imported' : 'keys.badFile'));
  };
  return (
    <div className="key-choices stack">
      <div className="row wrap">
        <label htmlFor={id}>{t('keys.preset')}</label>
        <select
          id={id}
          className="input"
          value={preset}
          onChange={(event) => {
            const chosen = PRESET_NAMES.find((name) => name === event.target.value);
            if (chosen) choosePreset(chosen);
          }}
        >
          {PRESET_NAMES.map((name) => (
            <option key={name} value={name}>
              {t(`keys.preset.${name}`)}
            </option>
          ))}
        </select>
        <button type="button" className="btn small" onClick={resetKeys}>
          {t('keys.reset')}
        </button>
        <button type="button" className="btn small" onClick={() => save(exportKeys())}>
          {t('keys.export')}
        </button>
        <label className="btn small file-button">
          {t('keys.import')}
          <input
            type="file"
            accept="application/json,.json"
            className="sr-only"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
      </div>
      <label className="row">
        <input
          type="checkbox"
          checked={characters}
          onChange={(event) => allowCharacters(event.target.checked)}
        />
        {t('keys.characters')}
      </label>
      <p className="small" role="status">
        {told}
      </p>
    </div>
  );
}
