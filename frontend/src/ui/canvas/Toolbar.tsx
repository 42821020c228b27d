/** The tools, one button each with its key. */
import type { ReactElement } from 'react';

import type { Session } from '../../engine/session';
import type { ToolName } from '../../engine/tools';
import { keyLabel, useBindings } from '../keymap';
import { useT } from '../messages';
import { ToolIcon } from './ToolIcon';
import { useSnapshot } from './useSession';

const GROUPS: readonly (readonly ToolName[])[] = [
  ['brush', 'eraser', 'polygon', 'fill'],
  ['merge', 'split', 'delete'],
  ['select', 'pan'],
];

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
    >
      {GROUPS.map((names) => (
        <div key={names[0]} className="tool-group">
          {names.map(button)}
        </div>
      ))}
    </div>
  );
}
