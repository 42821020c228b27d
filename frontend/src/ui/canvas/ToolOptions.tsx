/** The options of the tool in hand, in a bar above the picture. */
import type { ReactElement } from 'react';

import type { Session } from '../../engine/session';
import type { ToolName } from '../../engine/tools';
import { CHOICES, type Choice } from '../../engine/tools/options';
import { keyLabel, useBindings } from '../keymap';
import { useT, type MessageKey } from '../messages';
import { useSnapshot } from './useSession';

type Option = 'size' | 'pressure' | Choice;

const SHAPE: readonly Option[] = ['target', 'covers'];

const OPTIONS: Partial<Record<ToolName, readonly Option[]>> = {
  brush: ['size', 'target', 'covers', 'pressure'],
  eraser: ['size', 'erases', 'pressure'],
  polygon: SHAPE,
  lasso: SHAPE,
  ellipse: SHAPE,
  box: SHAPE,
  point: ['size', 'target', 'covers'],
};

const TEXTS = {
  target: {
    label: 'options.target',
    tip: 'options.targetTip',
    command: 'options.nextTarget',
    values: {
      auto: 'options.targetAuto',
      new: 'options.targetNew',
      selected: 'options.targetSelected',
    },
  },
  covers: {
    label: 'options.covers',
    tip: 'options.coversTip',
    command: 'options.nextCovers',
    values: { background: 'options.coversBackground', anything: 'options.coversAnything' },
  },
  erases: {
    label: 'options.erases',
    tip: 'options.erasesTip',
    command: 'options.nextErases',
    values: {
      auto: 'options.erasesAuto',
      selected: 'options.erasesSelected',
      anything: 'options.erasesAnything',
    },
  },
} as const;

function Segments({ session, choice }: { session: Session; choice: Choice }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const { options } = useSnapshot(session);
  const { label, tip, command, values } = TEXTS[choice];
  const textOf: Partial<Record<string, MessageKey>> = values;
  return (
    <div
      className="segments"
      role="group"
      aria-label={t(label)}
      title={`${t(tip)} (${keyLabel(bindings[command])})`}
    >
      <span aria-hidden="true">{t(label)}</span>
      <span>
        {CHOICES[choice].map((value) => (
          <button
            key={value}
            type="button"
            className="segment"
            aria-pressed={options[choice] === value}
            onClick={() => session.toolbox.setOptions({ [choice]: value })}
          >
            {t(textOf[value]!)}
          </button>
        ))}
      </span>
    </div>
  );
}

function SizeSlider({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { radius } = useSnapshot(session);
  return (
    <label className="slider">
      <span>{t('options.size')}</span>
      <input
        type="range"
        min={0.5}
        max={60}
        step={0.5}
        value={radius}
        onChange={(event) => session.toolbox.setRadius(Number(event.target.value))}
      />
      <output>{radius}</output>
    </label>
  );
}

function PressureSwitch({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { options } = useSnapshot(session);
  return (
    <label className="row" title={t('options.pressureTip')}>
      <input
        type="checkbox"
        checked={options.pressure}
        onChange={(event) => session.toolbox.setOptions({ pressure: event.target.checked })}
      />
      {t('options.pressure')}
    </label>
  );
}

export function ToolOptionsBar({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { tool } = useSnapshot(session);
  const options = OPTIONS[tool] ?? [];
  return (
    <div className="tool-options" role="group" aria-label={t('options.label')}>
      {options.length === 0 ? <span className="muted">{t('options.none')}</span> : null}
      {options.map((option) => {
        if (option === 'size') return <SizeSlider key={option} session={session} />;
        if (option === 'pressure') return <PressureSwitch key={option} session={session} />;
        return <Segments key={option} session={session} choice={option} />;
      })}
    </div>
  );
}
