/** The classes with their keys, "all the rest", and what helps to see: view, contrast, instructions. */
import { useId, useState, type ReactElement } from 'react';

import type { Project } from '../../../api';
import type { Batch, BatchSnapshot } from '../../../engine/grid/batch';
import { classesOf } from '../../../engine/choice';
import type { GridLook } from '../../../engine/grid/gridLook';
import { InstructionsPanel } from '../../canvas/InstructionsPanel';
import { Panel } from '../../canvas/Panel';
import { keyLabel } from '../../keymap';
import { useT } from '../../messages';
import type { GridChoices } from './choices';
import { ContrastPanel } from './ContrastPanel';
import type { GridOrder } from './useOrder';
import { ViewPanel } from './ViewPanel';

interface Props {
  project: Project;
  batch: Batch;
  snapshot: BatchSnapshot;
  look: GridLook;
  choices: GridChoices;
  order: GridOrder;
  onChoices: (change: Partial<GridChoices>) => void;
}

export function SidePanel(props: Props): ReactElement {
  const { project, batch, snapshot, look, choices, order, onChoices } = props;
  const t = useT();
  const countOf = (index: number): number =>
    snapshot.choices.filter((choice) => classesOf(choice).includes(index)).length;
  const focused = classesOf(snapshot.choices[snapshot.focus] ?? null);
  const reason = batch.items[snapshot.focus]?.proposal?.reason;
  return (
    <aside className="work-side">
      <section className="panel reason">
        <p>{t(batch.several ? 'classify.leadSeveral' : 'classify.lead')}</p>
        {reason ? <p className="small">{reason}</p> : null}
      </section>
      <InstructionsPanel project={project} />
      <Panel id="classes" title={t('classify.classes')}>
        <div className="class-list">
          {batch.classes.map((entry) => (
            <button
              key={entry.index}
              type="button"
              className="class-button"
              aria-pressed={batch.several ? focused.includes(entry.index) : undefined}
              onClick={() => batch.choose(entry.index)}
            >
              <span className="swatch" style={{ background: entry.color }} />
              <span className="grow truncate">{entry.name}</span>
              <span className="muted small">{countOf(entry.index)}</span>
              {entry.key ? <kbd>{entry.key}</kbd> : null}
            </button>
          ))}
        </div>
        {batch.several ? (
          <button type="button" className="class-button" onClick={() => batch.clear()}>
            <span className="grow">{t('classify.none')}</span>
            <kbd>{keyLabel('Delete')}</kbd>
          </button>
        ) : null}
        <Rest batch={batch} open={snapshot.choices.length - snapshot.chosen} />
      </Panel>
      <ViewPanel choices={choices} order={order} onChange={onChoices} />
      <ContrastPanel look={look} />
      <section className="panel muted small" aria-label={t('keys.gestures')}>
        <p>{t('classify.select')}</p>
        <p>{t('classify.enter')}</p>
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
