/** All keys in one place; every one can be changed or switched off. */
import { useState, type KeyboardEvent, type ReactElement } from 'react';

import type { LabelClass } from '../../api';
import { COMMAND_NAMES, GROUPS } from '../commands';
import { REVIEW_NAMES } from '../commands/review';
import {
  bindKey,
  combinationOf,
  conflictsOf,
  hiddenBy,
  keyLabel,
  useBindings,
  type Bindable,
} from '../keymap';
import { useT, type MessageKey } from '../messages';
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
  command: Bindable;
  /** Why the key does not do it, where it does not. */
  clash: string | undefined;
  onTell: (text: string) => void;
}

function KeyButton({ command, clash, onTell }: KeyProps): ReactElement {
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

interface Group {
  title: MessageKey;
  names: readonly Bindable[];
}

const CANVAS: readonly Group[] = GROUPS.map(([prefix, title]) => ({
  title,
  names: COMMAND_NAMES.filter((name) => name.startsWith(prefix)),
}));

const REVIEW: readonly Group[] = [{ title: 'nav.review', names: REVIEW_NAMES }];

interface SheetProps {
  groups: readonly Group[];
  gestures: readonly MessageKey[];
  /** On the canvas: their keys go before those of commands. */
  classes: readonly LabelClass[];
  onClose: () => void;
}

function Sheet({ groups, gestures, classes, onClose }: SheetProps): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const [told, setTold] = useState('');
  const conflicts = conflictsOf(
    bindings,
    groups.flatMap(({ names }) => names),
  );
  const taken = new Map(
    classes.flatMap(({ key, name }) =>
      hiddenBy(key, bindings).map((command) => [command as Bindable, { key, name }] as const),
    ),
  );
  const clashOf = (command: Bindable): string | undefined => {
    const byClass = taken.get(command);
    if (byClass) return t('keys.takenByClass', byClass);
    const sharing = conflicts.find((names) => names.includes(command));
    const rival = sharing?.find((name) => name !== command);
    return rival && t('keys.clash', { name: t(rival) });
  };
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
      {taken.size > 0 ? (
        <p className="notice warn">{t('keys.classesTake', { n: taken.size })}</p>
      ) : null}
      <div className="cheat-sheet">
        {groups.map(({ title, names }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {names.map((command) => (
                <div key={command}>
                  <dt>{t(command)}</dt>
                  <dd>
                    <KeyButton command={command} clash={clashOf(command)} onTell={setTold} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t('keys.gestures')}</h3>
          <ul>
            {gestures.map((gesture) => (
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

/** Of the annotation page. */
export function CheatSheet(props: Pick<SheetProps, 'classes' | 'onClose'>): ReactElement {
  return <Sheet groups={CANVAS} gestures={GESTURES} {...props} />;
}

/** Of the review page. */
export function ReviewKeys({ onClose }: Pick<SheetProps, 'onClose'>): ReactElement {
  return <Sheet groups={REVIEW} gestures={['review.digits']} classes={[]} onClose={onClose} />;
}
