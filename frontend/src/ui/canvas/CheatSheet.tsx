/** All keys in one place; every one can be changed or switched off. */
import { useState, type KeyboardEvent, type ReactElement } from 'react';

import { COMMAND_NAMES, GROUPS, type Command } from '../commands';
import { bindKey, combinationOf, keyLabel, resetKeys, useBindings } from '../keymap';
import { useT } from '../messages';
import { Dialog } from '../shell/Dialog';

const GESTURES = ['keys.wheel', 'keys.space', 'keys.shift', 'keys.classes', 'keys.escape'] as const;

function KeyButton({ command }: { command: Command }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const [waiting, setWaiting] = useState(false);
  const take = (event: KeyboardEvent): void => {
    if (!waiting || event.code === 'Tab') return;
    const pressed = combinationOf(event.nativeEvent);
    event.preventDefault();
    event.stopPropagation();
    if (pressed === null) return;
    if (pressed !== 'Escape') bindKey(command, pressed === 'Backspace' ? '' : pressed);
    setWaiting(false);
  };
  const label = waiting ? t('keys.press') : keyLabel(bindings[command]) || t('keys.none');
  return (
    <button
      type="button"
      className="key-button"
      aria-label={`${t('keys.bind', { name: t(command) })} (${label})`}
      onClick={() => setWaiting(true)}
      onKeyDown={take}
      onBlur={() => setWaiting(false)}
    >
      <kbd>{label}</kbd>
    </button>
  );
}

export function CheatSheet({ onClose }: { onClose: () => void }): ReactElement {
  const t = useT();
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <p className="muted small">{t('keys.change')}</p>
      <div className="cheat-sheet">
        {GROUPS.map(([prefix, title]) => (
          <section key={prefix}>
            <h3>{t(title)}</h3>
            <dl>
              {COMMAND_NAMES.filter((command) => command.startsWith(prefix)).map((command) => (
                <div key={command}>
                  <dt>{t(command)}</dt>
                  <dd>
                    <KeyButton command={command} />
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
        <button type="button" className="btn" onClick={resetKeys}>
          {t('keys.reset')}
        </button>
      </div>
    </Dialog>
  );
}
