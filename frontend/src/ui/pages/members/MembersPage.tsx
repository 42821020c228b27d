/** Who works on a project, and links that invite more people to it. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import {
  api,
  fetchAll,
  type Id,
  type Project,
  type ProjectMember,
  type ProjectRole,
} from '../../../api';
import { useT } from '../../messages';
import { Field, FormError, useForm } from '../../shell/forms';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { canManage } from '../../shell/roles';
import { Forbidden, Loaded } from '../../shell/states';
import type { ProjectPageProps } from '../../shell/WithProject';
import { Invitations } from './Invitations';
import { People } from './People';

const ROLES: readonly ProjectRole[] = ['manager', 'reviewer', 'annotator', 'viewer'];

function AddMember({ project }: { project: Project }): ReactElement {
  const t = useT();
  const [who, setWho] = useState('');
  const [role, setRole] = useState<ProjectRole>('annotator');
  const add = useAction(
    (body: Record<string, string>) => api.post(`projects/${project.id}/members`, body),
    { refresh: [['members', project.id]], done: t('people.added') },
  );
  const form = useForm(async () => {
    await add.mutateAsync({ [who.includes('@') ? 'email' : 'username']: who.trim(), role });
    setWho('');
  });
  return (
    <form className="pad stack" onSubmit={form.onSubmit}>
      <div className="row wrap" style={{ alignItems: 'flex-end' }}>
        <div className="grow">
          <Field label={t('people.add')} error={form.fieldError('username')}>
            <input
              className="input"
              required
              value={who}
              placeholder={t('people.addHint')}
              onChange={(event) => setWho(event.target.value)}
            />
          </Field>
        </div>
        <Field label={t('people.role')}>
          <select
            className="input auto"
            value={role}
            onChange={(event) => setRole(event.target.value as ProjectRole)}
          >
            {ROLES.map((name) => (
              <option key={name} value={name}>
                {t(`role.${name}`)}
              </option>
            ))}
          </select>
        </Field>
        <button type="submit" className="btn" disabled={form.busy}>
          {t('people.addButton')}
        </button>
      </div>
      <FormError error={form.error} />
    </form>
  );
}

export function MembersPage({ project }: ProjectPageProps): ReactElement {
  const t = useT();
  const manager = canManage(project);
  const base = `projects/${project.id}/members`;
  const refresh = [['members', project.id]];
  const members = useQuery({
    queryKey: ['members', project.id],
    queryFn: ({ signal }) => fetchAll<ProjectMember>(base, {}, 500, signal),
    enabled: manager,
  });
  const setRole = useAction(
    ({ user, role }: { user: Id; role: ProjectRole }) => api.patch(`${base}/${user}`, { role }),
    { refresh, done: t('do.saved') },
  );
  const remove = useAction((user: Id) => api.delete(`${base}/${user}`), {
    refresh,
    done: t('people.removed'),
  });
  if (!manager) return <Forbidden />;
  return (
    <div className="page narrow">
      <PageHead title={t('nav.members')} lead={t('people.projectLead')} />
      <div className="stack">
        <section className="card flush">
          <header>
            <h2>{t('people.members')}</h2>
          </header>
          <Loaded query={members}>
            {(list) => (
              <People
                people={list}
                roles={ROLES}
                mayChange
                onRole={(user, role) => setRole.mutate({ user, role })}
                onRemove={(user) => remove.mutate(user)}
              />
            )}
          </Loaded>
          <AddMember project={project} />
        </section>
        <Invitations lab={project.lab} project={project.id} />
        <section className="card">
          <header>
            <h2>{t('people.roles')}</h2>
          </header>
          <dl className="facts">
            {ROLES.map((name) => (
              <RoleWords key={name} role={name} />
            ))}
          </dl>
        </section>
      </div>
    </div>
  );
}

function RoleWords({ role }: { role: ProjectRole }): ReactElement {
  const t = useT();
  return (
    <>
      <dt>{t(`role.${role}`)}</dt>
      <dd>{t(`people.may.${role}`)}</dd>
    </>
  );
}
