/** What the project asks of people who label. */
import type { ReactElement } from 'react';

import type { Project } from '../../api';
import { useT } from '../messages';
import { Panel } from './Panel';

export function InstructionsPanel({ project }: { project: Project }): ReactElement | null {
  const t = useT();
  if (!project.instructions.trim()) return null;
  return (
    <Panel id="instructions" title={t('panel.instructions')}>
      <p className="instructions">{project.instructions}</p>
    </Panel>
  );
}
