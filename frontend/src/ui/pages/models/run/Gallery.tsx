/** Examples of the validation split: one large with its layers, the others to choose from. */
import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

import type { Id } from '../../../../api';
import { useT, type Translate } from '../../../messages';
import { number } from '../../../shell/format';
import { wordFor } from '../../../shell/words';
import { LayeredPicture } from './LayeredPicture';
import {
  keyOf,
  KINDS,
  LAYERS,
  type Example,
  type ItemLine,
  type Layer,
  type Report,
} from './report';
import { useLayers, type Layers } from './useLayers';

interface Props {
  run: Id;
  examples: NonNullable<Report['examples']>;
  names: string[];
  nameOf: (line: ItemLine) => string;
  linkOf: (line: ItemLine) => ReactNode;
}

const whys = (t: Translate, { why }: Example): string =>
  why.map((one) => t(`report.why.${one}`)).join(', ');

function countsText(t: Translate, { counts }: Pick<Example, 'counts'>): string {
  if (!counts) return '';
  return KINDS.filter((kind) => counts[kind] > 0 || kind === 'found')
    .map((kind) => `${number(counts[kind])} ${t(`report.kind.${kind}`)}`)
    .join(', ');
}

function LayerToggles({ layers, of }: { layers: Layers; of: Example }): ReactElement {
  const t = useT();
  return (
    <div className="choices" role="group" aria-label={t('report.layers')}>
      {LAYERS.map((layer, at) =>
        of.layers?.[layer] ? (
          <button
            key={layer}
            type="button"
            className="btn small"
            aria-pressed={layers.shown.has(layer)}
            aria-keyshortcuts={String(at + 1)}
            onClick={() => layers.toggle(layer)}
          >
            {t(`report.layer.${layer}`)} <kbd>{at + 1}</kbd>
          </button>
        ) : null,
      )}
    </div>
  );
}

interface LegendProps {
  colors: NonNullable<Report['examples']>['colors'];
  names: string[];
  shown: ReadonlySet<Layer>;
}

/** What the colours mean; only of layers that are shown. */
function Legend({ colors = {}, names, shown }: LegendProps): ReactElement {
  const t = useT();
  const outlined = (['truth', 'prediction'] as const).filter((layer) => shown.has(layer));
  const lines: (readonly [string, string | undefined])[] = outlined.map((layer) => [
    t(`report.layer.${layer}`),
    colors.outlines?.[layer],
  ]);
  if (outlined.length > 0) {
    lines.push(...(colors.classes ?? []).map((color, at) => [names[at] ?? '', color] as const));
  }
  if (shown.has('errors')) {
    const errors = Object.entries(colors.errors ?? {});
    lines.push(...errors.map(([kind, color]) => [wordFor(t, 'report.kind', kind), color] as const));
  }
  return (
    <ul className="legend-list small" aria-label={t('report.legend')}>
      {lines.map(([name, color]) =>
        color ? (
          <li key={name}>
            <i style={{ background: color }} aria-hidden /> {name}
          </li>
        ) : null,
      )}
    </ul>
  );
}

const ACROSS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

export function Gallery({ run, examples, names, nameOf, linkOf }: Props): ReactElement {
  const t = useT();
  const [at, setAt] = useState(0);
  const layers = useLayers();
  const { items, colors } = examples;
  const current = items[at] ?? items[0];
  if (!current) return <></>;
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = ACROSS[event.key] ?? 0;
    if (by !== 0) setAt((at + by + items.length) % items.length);
    if (by !== 0 || layers.onKey(event)) event.preventDefault();
  };
  const label = t('report.exampleLabel', {
    name: nameOf(current),
    value: number(current.value, 3),
    counts: countsText(t, current),
  });
  return (
    <div
      className="examples"
      role="group"
      aria-label={t('report.examples')}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="examples-main">
        <div className="row between wraps">
          <LayerToggles layers={layers} of={current} />
          <span className="muted small">{t('report.galleryKeys')}</span>
        </div>
        <LayeredPicture run={run} line={current} shown={layers.shown} label={label} />
        <Legend colors={colors} names={names} shown={layers.shown} />
      </div>
      <div className="examples-side">
        <div aria-live="polite">
          <h3 className="truncate" title={nameOf(current)}>
            {nameOf(current)}
          </h3>
          <p>
            <b>{number(current.value, 3)}</b> <span className="muted">{whys(t, current)}</span>
          </p>
          <p className="small">{countsText(t, current)}</p>
        </div>
        <p className="small">{linkOf(current)}</p>
        <ul className="examples-thumbs">
          {items.map((item, number_) => (
            <li key={keyOf(item)}>
              <button
                type="button"
                aria-current={item === current}
                aria-label={`${nameOf(item)}, ${number(item.value, 3)}, ${whys(t, item)}`}
                onClick={() => setAt(number_)}
              >
                <LayeredPicture run={run} line={item} shown={layers.shown} label="" />
                <span className="small">{number(item.value, 3)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
