/** The tools, one button each with its key; arrow keys go from one to the next. */
import type { KeyboardEvent, ReactElement } from 'react';

import type { Session } from '../../engine/session';
import type { ToolName } from '../../engine/tools';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { ToolIcon } from './ToolIcon';
import { useSnapshot } from './useSession';

const GROUPS: readonly { label: ToolGroup; names: readonly ToolName[] }[] = [
  {
    label: 'tool.groupDraw',
    names: ['brush', 'eraser', 'polygon', 'click', 'lasso', 'ellipse', 'box', 'point'],
  },
  { label: 'tool.groupIntensity', names: ['wand', 'threshold'] },
  { label: 'tool.groupCorrect', names: ['fill', 'merge', 'split', 'delete', 'classify'] },
  { label: 'tool.groupMove', names: ['select', 'pan'] },
];

type ToolGroup = 'tool.groupDraw' | 'tool.groupIntensity' | 'tool.groupCorrect' | 'tool.groupMove';

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
};

/** One tab stop for all tools: the arrows move the focus among them. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const ends: Record<string, number> = { Home: 0, End: buttons.length - 1 };
  const step = STEPS[event.code];
  const next = step === undefined ? ends[event.code] : at + step;
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  buttons[(next + buttons.length) % buttons.length]?.focus();
}

export function Toolbar({ session }: { session: Session }): ReactElement {
  const t = useT();
  const { tool } = useSnapshot(session);
  const bindings = useBindings();
  const button = (name: ToolName): ReactElement => {
    const key = keyLabel(bindings[`tool.${name}`]);
    return (
      <button
        key={name}
        type="button"
        className="tool"
        tabIndex={tool === name ? 0 : -1}
        aria-pressed={tool === name}
        aria-keyshortcuts={key}
        title={`${t(`tool.${name}`)} (${key}). ${t(`tip.${name}`)}`}
        onClick={() => session.toolbox.choose(name)}
      >
        <ToolIcon name={name} />
        <span>{t(`tool.${name}`)}</span>
        <kbd>{key}</kbd>
      </button>
    );
  };
  return (
    <div
      className="toolbar"
      role="toolbar"
      aria-orientation="vertical"
      aria-label={t('tool.label')}
      onKeyDown={moveFocus}
    >
      {GROUPS.map(({ label, names }) => (
        <div key={label} className="tool-group" role="group" aria-label={t(label)}>
          {names.map(button)}
        </div>
      ))}
    </div>
  );
}
