/** Which settings a search tries, and between which values. */
import { useState, type ReactElement } from 'react';

import { useT } from '../../messages';
import { freshSetting, problemOfSetting, type EditedSetting } from './space';

interface RowProps {
  setting: EditedSetting;
  onChange: (setting: EditedSetting) => void;
}

function Range({ setting, onChange }: RowProps): ReactElement {
  const t = useT();
  const end = (name: 'low' | 'high'): ReactElement => (
    <input
      className="input space-end"
      inputMode="decimal"
      aria-label={t(`search.${name}Of`, { name: setting.key })}
      disabled={!setting.on}
      value={setting[name]}
      onChange={(event) => onChange({ ...setting, [name]: event.target.value })}
    />
  );
  return (
    <>
      {end('low')}
      <span className="muted">..</span>
      {end('high')}
      <label className="row small">
        <input
          type="checkbox"
          checked={setting.log}
          disabled={!setting.on}
          aria-label={t('search.logOf', { name: setting.key })}
          onChange={(event) => onChange({ ...setting, log: event.target.checked })}
        />
        {t('search.log')}
      </label>
    </>
  );
}

function Row({ setting, onChange }: RowProps): ReactElement {
  const t = useT();
  const problem = problemOfSetting(setting);
  return (
    <li>
      <div className="space-row">
        <label className="row">
          <input
            type="checkbox"
            checked={setting.on}
            onChange={(event) => onChange({ ...setting, on: event.target.checked })}
          />
          <code>{setting.key}</code>
        </label>
        <div className="row">
          {setting.kind === 'choice' ? (
            <input
              className="input"
              aria-label={t('search.choicesOf', { name: setting.key })}
              disabled={!setting.on}
              value={setting.choices}
              onChange={(event) => onChange({ ...setting, choices: event.target.value })}
            />
          ) : (
            <Range setting={setting} onChange={onChange} />
          )}
        </div>
      </div>
      {problem ? (
        <p className="bad-text small" role="alert">
          {t(`search.problem.${problem}`, { name: setting.key })}
        </p>
      ) : null}
    </li>
  );
}

interface Props {
  settings: EditedSetting[];
  onChange: (settings: EditedSetting[]) => void;
}

export function SpaceEditor({ settings, onChange }: Props): ReactElement {
  const t = useT();
  const [name, setName] = useState('');
  const key = name.trim();
  const known = settings.some((setting) => setting.key === key);
  return (
    <div className="stack">
      <p className="muted small">{t('search.spaceText')}</p>
      <ul className="plain space-rows">
        {settings.map((setting, at) => (
          <Row
            key={setting.key}
            setting={setting}
            onChange={(next) => onChange(settings.map((one, i) => (i === at ? next : one)))}
          />
        ))}
      </ul>
      <div className="row">
        <input
          className="input"
          aria-label={t('search.otherSetting')}
          placeholder={t('search.otherSetting')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button
          type="button"
          className="btn small"
          disabled={key === '' || known}
          onClick={() => {
            onChange([...settings, freshSetting(key)]);
            setName('');
          }}
        >
          {t('search.addSetting')}
        </button>
      </div>
    </div>
  );
}
