/** The pictures in a grid, or the focused one alone. Selected as files in a folder: click, Shift, Ctrl, a drawn rectangle, arrows. */
import {
  useCallback,
  useEffect,
  useRef,
  type CSSProperties,
  type MouseEvent,
  type ReactElement,
} from 'react';

import type { LabelClass } from '../../../api';
import type { Batch, BatchSnapshot } from '../../../engine/grid/batch';
import { classesOf, suggestedChoice } from '../../../engine/choice';
import type { Look } from '../../../engine/grid/gridLook';
import { suggestionOf } from '../../../engine/grid/order';
import { useT } from '../../messages';
import { percent } from '../../shell/format';
import { CropView } from './CropView';
import { useMarquee } from './marquee';
import { useNamed } from './named';

const SINGLE_PIXELS = 900;
/** Pictures are read in few sizes, so that a slider that is drawn does not load each again and again. */
const READ_SIZES = [120, 240, 480];

interface CellProps {
  batch: Batch;
  snapshot: BatchSnapshot;
  at: number;
  look: Look;
  size: number;
}

/** What stands under a picture: its classes, or the model's suggestion with how sure it is. */
function Caption({ shown, name, isSuggestion, confidence }: CaptionProps): ReactElement {
  return (
    <span className={`crop-class ${isSuggestion ? 'suggested' : ''}`}>
      {shown.map(({ index, color }) => (
        <span key={index} className="swatch" style={{ background: color }} />
      ))}
      <span className="truncate">{isSuggestion ? `${name}?` : name}</span>
      {confidence === undefined ? null : <span className="crop-sure">{percent(confidence)}</span>}
    </span>
  );
}

interface CaptionProps {
  shown: LabelClass[];
  name: string | undefined;
  isSuggestion: boolean;
  confidence: number | undefined;
}

function Cell({ batch, snapshot, at, look, size }: CellProps): ReactElement {
  const t = useT();
  const button = useRef<HTMLButtonElement>(null);
  const item = batch.items[at]!;
  const focused = snapshot.focus === at;
  const selected = snapshot.selected.has(at);
  const named = useNamed(batch);
  const chosen = snapshot.choices[at] ?? null;
  const suggested = suggestedChoice(item, batch.several);
  const isSuggestion = chosen === null && suggested !== null;
  const indexes = classesOf(chosen ?? suggested);
  const shown = batch.classes.filter(({ index }) => indexes.includes(index));
  const confidence = batch.several ? undefined : suggestionOf(item)?.confidence;
  useEffect(() => {
    if (focused) button.current?.focus();
  }, [focused]);
  const name = named(chosen ?? suggested);
  const unchosen = isSuggestion
    ? t('classify.suggested', { name: name ?? '' })
    : t('classify.open');
  const onClick = (event: MouseEvent): void =>
    batch.click(at, {
      extend: event.shiftKey,
      // Space on the picture in focus makes a click without a pointer.
      toggle: event.ctrlKey || event.metaKey || event.detail === 0,
    });
  const classes = Object.entries({ crop: true, focused, chosen: chosen !== null, selected })
    .flatMap(([name, on]) => (on ? [name] : []))
    .join(' ');
  return (
    <button
      ref={button}
      type="button"
      className={classes}
      tabIndex={focused ? 0 : -1}
      aria-current={focused}
      aria-pressed={selected}
      aria-label={t('classify.item', { n: at + 1, state: named(chosen) ?? unchosen })}
      onClick={onClick}
    >
      <CropView item={item} look={look} size={size} />
      <Caption shown={shown} name={name} isSuggestion={isSuggestion} confidence={confidence} />
    </button>
  );
}

interface Props {
  batch: Batch;
  snapshot: BatchSnapshot;
  look: Look;
  single: boolean;
  /** Width of a picture in CSS pixels. */
  size: number;
}

export function Grid({ batch, snapshot, look, single, size }: Props): ReactElement {
  const t = useT();
  const grid = useRef<HTMLDivElement>(null);
  const before = useRef<ReadonlySet<number>>(new Set());
  const { order } = snapshot;
  const onDraw = useCallback(
    (places: number[], add: boolean, starts: boolean) => {
      const { selected, order: shown } = batch.snapshot();
      if (starts) before.current = add ? selected : new Set();
      batch.select([...before.current, ...places.map((place) => shown[place]!)]);
    },
    [batch],
  );
  const { rect, onPointerDown } = useMarquee(grid, onDraw);
  const wanted = single ? SINGLE_PIXELS : size * devicePixelRatio;
  const read = READ_SIZES.find((pixels) => pixels >= wanted) ?? Math.max(wanted, 480);
  const style = { '--crop-size': `${size}px` } as CSSProperties;
  return (
    <div
      ref={grid}
      className={single ? 'crop-single' : 'crop-grid'}
      style={style}
      role="group"
      aria-label={t('classify.label')}
      onPointerDown={single ? undefined : onPointerDown}
    >
      {(single ? [snapshot.focus] : order).map((at) => (
        <Cell
          key={batch.items[at]!.annotation.id}
          batch={batch}
          snapshot={snapshot}
          at={at}
          look={look}
          size={read}
        />
      ))}
      {rect ? (
        <span
          className="marquee"
          style={{
            left: rect.x0,
            top: rect.y0,
            width: rect.x1 - rect.x0,
            height: rect.y1 - rect.y0,
          }}
        />
      ) : null}
    </div>
  );
}
