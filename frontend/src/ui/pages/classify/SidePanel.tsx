/** The classes with their keys, "all the rest", contrast, instructions. */
import { useId, useState, type ReactElement } from 'react';

import type { Project } from '../../../api';
import type { Batch, BatchSnapshot } from '../../../engine/batch';
import { useT } from '../../messages';
import type { Look } from './CropView';

interface Props {
  project: Project;
  batch: Batch;
  snapshot: BatchSnapshot;
  look: Look;
  onLook: (look: Look) => void;
}

export function SidePanel({ project, batch, snapshot, look, onLook }: Props): ReactElement {
  const t = useT();
  const countOf = (index: number): number =>
    snapshot.choices.filter((choice) => choice === index).length;
  const reason = batch.items[snapshot.focus]?.proposal?.reason;
  return (
    <aside className="work-side">
      <section className="panel reason">
        <p>{t('classify.lead')}</p>
        <p className="muted small">{t('classify.enter')}</p>
        {reason ? <p className="small">{reason}</p> : null}
      </section>
      <section className="panel" aria-label={t('classify.classes')}>
        <h2>{t('classify.classes')}</h2>
        <div className="class-list">
          {batch.classes.map((entry) => (
            <button
              key={entry.index}
              type="button"
              className="class-button"
              onClick={() => batch.choose(entry.index)}
            >
              <span className="swatch" style={{ background: entry.color }} />
              <span className="grow truncate">{entry.name}</span>
              <span className="muted small">{countOf(entry.index)}</span>
              {entry.key ? <kbd>{entry.key}</kbd> : null}
            </button>
          ))}
        </div>
        <Rest batch={batch} open={snapshot.choices.length - snapshot.chosen} />
      </section>
      <section className="panel" aria-label={t('classify.contrast')}>
        <h2>{t('classify.contrast')}</h2>
        <select
          className="input"
          aria-label={t('classify.contrast')}
          value={look.window}
          onChange={(event) => onLook({ ...look, window: event.target.value as Look['window'] })}
        >
          <option value="image">{t('classify.contrastImage')}</option>
          <option value="crop">{t('classify.contrastCrop')}</option>
        </select>
        <label className="slider">
          <span>{t('panel.gamma')}</span>
          <input
            type="range"
            min={0.2}
            max={3}
            step={0.05}
            value={look.gamma}
            onChange={(event) => onLook({ ...look, gamma: Number(event.target.value) })}
          />
          <output>{look.gamma.toFixed(2)}</output>
        </label>
      </section>
      <section className="panel" aria-label={t('panel.instructions')}>
        <h2>{t('panel.instructions')}</h2>
        <p className="instructions">{project.instructions || t('panel.noInstructions')}</p>
      </section>
    </aside>
  );
}

/** One class for everything that has none yet. */
function Rest({ batch, open }: { batch: Batch; open: number }): ReactElement {
  const t = useT();
  const id = useId();
  const [chosen, setChosen] = useState(batch.classes[0]?.index ?? 0);
  return (
    <>
      <label className="small muted" htmlFor={id}>
        {t('classify.rest')}
      </label>
      <div className="row">
        <select
          id={id}
          className="input grow"
          value={chosen}
          onChange={(event) => setChosen(Number(event.target.value))}
        >
          {batch.classes.map((entry) => (
            <option key={entry.index} value={entry.index}>
              {entry.name}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="btn small"
          disabled={open === 0}
          onClick={() => batch.chooseRest(chosen)}
        >
          {t('classify.restDo', { n: open })}
        </button>
      </div>
    </>
  );
}
