/** A card of settings that is saved as a whole with one PATCH of the project. */
import type { ReactElement, ReactNode } from 'react';

import { api, type Project } from '../../../api';
import { useT } from '../../messages';
import { FormError, useForm } from '../../shell/forms';
import { useAction } from '../../shell/mutate';

interface Props {
  project: Project;
  title: string;
  body: () => Record<string, unknown>;
  invalid?: boolean;
  children: ReactNode;
}

export function SettingsForm({ project, title, body, invalid, children }: Props): ReactElement {
  const t = useT();
  const save = useAction(
    (change: Record<string, unknown>) => api.patch<Project>(`projects/${project.id}`, change),
    {
      refresh: [['project', project.id], ['projects'], ['overview', project.id]],
      done: t('do.saved'),
    },
  );
  const form = useForm(() => save.mutateAsync(body()));
  return (
    <form className="card stack" onSubmit={form.onSubmit}>
      <h2>{title}</h2>
      {children}
      <FormError error={form.error} />
      <div>
        <button type="submit" className="btn" disabled={form.busy || invalid}>
          {t('do.save')}
        </button>
      </div>
    </form>
  );
}
