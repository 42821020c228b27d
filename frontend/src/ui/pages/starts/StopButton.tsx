/** Stops a pre-training or a comparison that waits or is at work. */
import type { ReactElement } from 'react';

import { api, type Project } from '../../../api';
import { useT } from '../../messages';
import { useAction } from '../../shell/mutate';
import { canManage } from '../../shell/roles';
import { startLists } from './useStarts';

interface Props {
  project: Project;
  kind: 'pretrainings' | 'start-comparisons';
  row: { id: number; state: string };
}

export function StopButton({ project, kind, row }: Props): ReactElement | null {
  const t = useT();
  const stop = useAction(() => api.post(`${kind}/${row.id}/cancel`), {
    refresh: startLists(project.id),
    done: t('pretrain.stopped'),
  });
  if (!canManage(project) || (row.state !== 'queued' && row.state !== 'running')) return null;
  return (
    <button
      type="button"
      className="btn small"
      disabled={stop.isPending}
      onClick={() => stop.mutate()}
    >
      {t('pretrain.stop')}
    </button>
  );
}
