/** The options of the tool in hand, in a bar above the picture. */
import type { ComponentType, ReactElement } from 'react';

import type { Session } from '../../engine/session';
import type { ToolName } from '../../engine/tools';
import { offered, type Choice } from '../../engine/tools/options';
import { keyLabel, useBindings } from '../keymap';
import { useT, type MessageKey } from '../messages';
import { ChannelSelect, SmallestField, ThresholdDial, ToleranceSlider } from './PixelOptions';
import { useSnapshot } from './useSession';

type Part = ComponentType<{ session: Session }>;

type Option = 'size' | 'pressure' | Choice | Part;

/** What the answer to the last click came from, so that one knows how far to trust the next. */
function ClickSource({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { answeredBy } = useSnapshot(session);
  const model = answeredBy?.model ?? null;
  const byModel = model === null ? t('click.byPicture') : t('click.byModel', { n: model });
  return (
    <span className="muted" role="status">
      {answeredBy ? byModel : t('click.notYet')}
    </span>
  );
}

const SHAPE: readonly Option[] = ['target', 'covers'];

const OPTIONS: Partial<Record<ToolName, readonly Option[]>> = {
  brush: ['size', 'target', 'covers', 'pressure'],
  eraser: ['size', 'erases', 'pressure'],
  polygon: SHAPE,
  lasso: SHAPE,
  ellipse: SHAPE,
  box: SHAPE,
  point: ['size', 'target', 'covers'],
  wand: [ToleranceSlider, ChannelSelect],
  threshold: ['objects', SmallestField, ChannelSelect, ThresholdDial],
  split: ['border', ChannelSelect],
  merge: ['reach'],
  delete: ['reach'],
  click: [ClickSource],
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
  objects: {
    label: 'pixels.objects',
    tip: 'pixels.objectsTip',
    command: 'options.nextObjects',
    values: { bright: 'pixels.bright', dark: 'pixels.dark' },
  },
  border: {
    label: 'pixels.border',
    tip: 'pixels.borderTip',
    command: 'options.nextBorder',
    values: {
      shape: 'pixels.borderShape',
      dark: 'pixels.borderDark',
      bright: 'pixels.borderBright',
    },
  },
  reach: {
    label: 'stack.reach',
    tip: 'stack.reachTip',
    command: 'options.nextReach',
    values: { plane: 'stack.reachPlane', stack: 'stack.reachStack', movie: 'stack.reachMovie' },
  },
} as const;

function Segments({ session, choice }: { session: Session; choice: Choice }): ReactElement | null {
  const t = useT();
  const bindings = useBindings();
  const { options, frames, depth } = useSnapshot(session);
  const { label, tip, command, values } = TEXTS[choice];
  const offers = offered(choice, { frames, depth });
  const textOf: Partial<Record<string, MessageKey>> = values;
  // In a movie all slices of a frame are this one picture.
  const isMovie = choice === 'reach' && depth === 1;
  const nameOf = (value: string): MessageKey =>
    isMovie && value === 'stack' ? 'stack.reachPlane' : textOf[value]!;
  if (offers.length < 2) return null;
  return (
    <div
      className="segments"
      role="group"
      aria-label={t(label)}
      title={`${t(tip)} (${keyLabel(bindings[command])})`}
    >
      <span aria-hidden="true">{t(label)}</span>
      <span>
        {offers.map((value) => (
          <button
            key={value}
            type="button"
            className="segment"
            aria-pressed={options[choice] === value}
            onClick={() => session.toolbox.setOptions({ [choice]: value })}
          >
            {t(nameOf(value))}
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
      {options.map((Option, index) => {
        if (typeof Option !== 'string') return <Option key={index} session={session} />;
        if (Option === 'size') return <SizeSlider key={Option} session={session} />;
        if (Option === 'pressure') return <PressureSwitch key={Option} session={session} />;
        return <Segments key={Option} session={session} choice={Option} />;
      })}
    </div>
  );
}
