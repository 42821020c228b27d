/** The selected cell, and what can be done to it as a whole. */
import type { ReactElement } from 'react';

import type { Session } from '../../engine/session';
import type { Command } from '../commands';
import { keyLabel, useBindings } from '../keymap';
import { useT, type MessageKey } from '../messages';
import { Panel } from './Panel';
import { useSnapshot } from './useSession';

export function CellPanel({ session }: { session: Session }): ReactElement {
  const t = useT();
  const bindings = useBindings();
  const { selected, options } = useSnapshot(session);
  const { toolbox } = session;
  const button = (text: MessageKey, command: Command, run: () => void): ReactElement => (
    <button
      type="button"
      className="btn small"
      disabled={!selected}
      title={`${t(command)} (${keyLabel(bindings[command])})`}
      onClick={run}
    >
      {t(text)}
    </button>
  );
  return (
    <Panel
      id="cell"
      title={t('options.cell')}
      open={false}
      aside={
        <span className="muted small">
          {selected ? t('panel.selected', { n: selected }) : t('panel.noneSelected')}
        </span>
      }
    >
      <div className="row wrap">
        {button('cell.fillHoles', 'cell.fillHoles', () => toolbox.reshape('fillHoles'))}
        {button('cell.hull', 'cell.hull', () => toolbox.reshape('hull'))}
      </div>
      <div className="row">
        {button('cell.smoothShort', 'cell.smooth', () => toolbox.reshape('smooth'))}
        <input
          type="range"
          className="grow"
          aria-label={t('options.smoothing')}
          title={t('options.smoothing')}
          min={1}
          max={12}
          step={1}
          value={options.smoothing}
          onChange={(event) => toolbox.setOptions({ smoothing: Number(event.target.value) })}
        />
        <output className="muted small">{options.smoothing}</output>
      </div>
    </Panel>
  );
}
