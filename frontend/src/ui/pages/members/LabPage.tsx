/** A lab: its name, its members, links that invite more. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link, useParams } from 'react-router';

import { api, fetchAll, type Id, type Lab, type LabMember, type LabRole } from '../../../api';
import { useT } from '../../messages';
import { Field, FormError, useForm } from '../../shell/forms';
import { useAction } from '../../shell/mutate';
import { PageHead } from '../../shell/PageHead';
import { ErrorState, Loaded, LoadingPage } from '../../shell/states';
import { Invitations } from './Invitations';
import { People } from './People';

const ROLES: readonly LabRole[] = ['owner', 'member'];

function RenameLab({ lab }: { lab: Lab }): ReactElement {
  const t = useT();
  const [name, setName] = useState(lab.name);
  const rename = useAction((value: string) => api.patch(`labs/${lab.id}`, { name: value }), {
    refresh: [['lab', lab.id], ['labs']],
    done: t('do.saved'),
  });
  const form = useForm(() => rename.mutateAsync(name));
  return (
    <form className="card stack" onSubmit={form.onSubmit}>
      <Field label={t('setup.lab')} error={form.fieldError('name')}>
        <input
          className="input"
          required
          maxLength={150}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <FormError error={form.error} />
      <div>
        <button type="submit" className="btn" disabled={form.busy || name === lab.name}>
          {t('do.save')}
        </button>
      </div>
    </form>
  );
}

export function LabPage(): ReactElement {
  const t = useT();
  const id = Number(useParams().labId);
  const lab = useQuery({ queryKey: ['lab', id], queryFn: () => api.get<Lab>(`labs/${id}`) });
  const base = `labs/${id}/members`;
  const refresh = [['lab-members', id]];
  const members = useQuery({
    queryKey: ['lab-members', id],
    queryFn: ({ signal }) => fetchAll<LabMember>(base, {}, 500, signal),
  });
  const setRole = useAction(
    ({ user, role }: { user: Id; role: LabRole }) => api.patch(`${base}/${user}`, { role }),
    { refresh, done: t('do.saved') },
  );
  const remove = useAction((user: Id) => api.delete(`${base}/${user}`), {
    refresh,
    done: t('people.removed'),
  });
  if (lab.isError) return <ErrorState error={lab.error} onRetry={() => void lab.refetch()} />;
  if (!lab.data) return <LoadingPage />;
  const owner = lab.data.role === 'owner';
  return (
    <div className="page narrow">
      <PageHead
        title={lab.data.name}
        lead={t('people.labLead')}
        crumbs={<Link to="/">{t('nav.home')}</Link>}
      />
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
                mayChange={owner}
                onRole={(user, role) => setRole.mutate({ user, role })}
                onRemove={(user) => remove.mutate(user)}
              />
            )}
          </Loaded>
        </section>
        {owner ? <Invitations lab={id} /> : null}
        {owner ? <RenameLab key={lab.data.name} lab={lab.data} /> : null}
      </div>
    </div>
  );
}
