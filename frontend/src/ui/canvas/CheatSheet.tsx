/** All keys in one place; every one can be changed or switched off. */
import { useState, type KeyboardEvent, type ReactElement } from 'react';

import { COMMAND_NAMES, GROUPS, type Command } from '../commands';
import { bindKey, combinationOf, conflictsOf, keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { Dialog } from '../shell/Dialog';
import { KeyChoices } from './KeyChoices';

const GESTURES = [
  'keys.wheel',
  'keys.altWheel',
  'keys.space',
  'keys.touch',
  'keys.shift',
  'keys.classes',
  'keys.escape',
  'keys.cursor',
] as const;

interface KeyProps {
  command: Command;
  /** Another command that has the same key. */
  rival: Command | undefined;
  onTell: (text: string) => void;
}

function KeyButton({ command, rival, onTell }: KeyProps): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const [waiting, setWaiting] = useState(false);
  const change = (pressed: string): void => {
    const old = keyLabel(bindings[command]) || t('keys.none');
    const displaced = bindKey(command, pressed);
    onTell(displaced ? t('keys.moved', { name: t(displaced), key: old }) : '');
  };
  const take = (event: KeyboardEvent): void => {
    if (!waiting || event.code === 'Tab') return;
    const pressed = combinationOf(event.nativeEvent);
    event.preventDefault();
    event.stopPropagation();
    if (pressed === null) return;
    if (pressed !== 'Escape') change(pressed === 'Backspace' ? '' : pressed);
    setWaiting(false);
  };
  const label = waiting ? t('keys.press') : keyLabel(bindings[command]) || t('keys.none');
  const clash = rival && t('keys.clash', { name: t(rival) });
  return (
    <button
      type="button"
      className="key-button"
      title={clash}
      onClick={() => setWaiting(true)}
      onKeyDown={take}
      onBlur={() => setWaiting(false)}
    >
      {/* Hidden text and not a label: speech input must find the button by what is seen on it. */}
      <span className="sr-only">{t('keys.bind', { name: t(command) })} </span>
      {clash ? <span aria-hidden="true">⚠ </span> : null}
      <kbd>{label}</kbd>
      {clash ? <span className="sr-only"> {clash}</span> : null}
    </button>
  );
}

export function CheatSheet({ onClose }: { onClose: () => void }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const [told, setTold] = useState('');
  const conflicts = conflictsOf(bindings);
  const rivalOf = (command: Command): Command | undefined =>
    conflicts.find((names) => names.includes(command))?.find((name) => name !== command);
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <KeyChoices />
      <p className="muted small">{t('keys.change')}</p>
      <p className="small" role="status">
        {told}
      </p>
      {conflicts.length > 0 ? (
        <p className="notice warn">{t('keys.clashes', { n: conflicts.length })}</p>
      ) : null}
      <div className="cheat-sheet">
        {GROUPS.map(([prefix, title]) => (
          <section key={prefix}>
            <h3>{t(title)}</h3>
            <dl>
              {COMMAND_NAMES.filter((command) => command.startsWith(prefix)).map((command) => (
                <div key={command}>
                  <dt>{t(command)}</dt>
                  <dd>
                    <KeyButton command={command} rival={rivalOf(command)} onTell={setTold} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t('keys.gestures')}</h3>
          <ul>
            {GESTURES.map((gesture) => (
              <li key={gesture}>{t(gesture)}</li>
            ))}
          </ul>
        </section>
      </div>
      <div className="row">
        <button type="button" className="btn primary" onClick={onClose}>
          {t('do.close')}
        </button>
      </div>
    </Dialog>
  );
}
