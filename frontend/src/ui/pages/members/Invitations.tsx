/** Invitation links of a lab or of one project: made, copied, revoked. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import {
  api,
  fetchAll,
  type Id,
  type Invitation,
  type LabRole,
  type ProjectRole,
} from '../../../api';
import { t as now, useT } from '../../messages';
import { CopyBox, copyText } from '../../shell/CopyBox';
import { Field, FormError, useForm } from '../../shell/forms';
import { dateTime, number } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { Loaded } from '../../shell/states';
import { toast } from '../../shell/toasts';

interface Scope {
  lab: Id;
  /** A project's invitations only; the lab's own otherwise. */
  project?: Id;
}

const PROJECT_ROLES: ProjectRole[] = ['annotator', 'reviewer', 'manager', 'viewer'];
const LAB_ROLES: LabRole[] = ['member', 'owner'];

/** The link of an invitation on the address that this page has now, whatever the server calls itself. */
export function linkOf(invitation: Pick<Invitation, 'token'>): string {
  return `${location.origin}/join?token=${encodeURIComponent(invitation.token)}`;
}

export type InvitationState = 'open' | 'revoked' | 'expired' | 'used';

export function stateOf(invitation: Invitation, at: number): InvitationState {
  if (invitation.revoked) return 'revoked';
  if (invitation.uses >= invitation.max_uses) return 'used';
  return Date.parse(invitation.expires_at) < at ? 'expired' : 'open';
}

function NewInvitation({ lab, project }: Scope): ReactElement {
  const t = useT();
  const roles = project ? PROJECT_ROLES : LAB_ROLES;
  const [role, setRole] = useState<string>(roles[0] ?? 'member');
  const [uses, setUses] = useState(1);
  const [days, setDays] = useState(7);
  const [made, setMade] = useState<Invitation | null>(null);
  const create = useAction(
    (body: Record<string, unknown>) => api.post<Invitation>(`labs/${lab}/invitations`, body),
    { refresh: [['invitations', lab]] },
  );
  const form = useForm(async () => {
    const who = project ? { role: null, project, project_role: role } : { role };
    setMade(await create.mutateAsync({ ...who, max_uses: uses, days }));
  });
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <div className="row wrap" style={{ alignItems: 'flex-end' }}>
        <Field label={t('people.role')}>
          <select className="input auto" value={role} onChange={(e) => setRole(e.target.value)}>
            {roles.map((name) => (
              <option key={name} value={name}>
                {t(`role.${name}`)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t('people.maxUses')}>
          <input
            className="input"
            type="number"
            min={1}
            max={1000}
            value={uses}
            onChange={(event) => setUses(Number(event.target.value))}
          />
        </Field>
        <Field label={t('people.days')}>
          <input
            className="input"
            type="number"
            min={1}
            max={365}
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          />
        </Field>
        <button type="submit" className="btn primary" disabled={form.busy}>
          {t('people.createLink')}
        </button>
      </div>
      <FormError error={form.error} />
      {made ? <CopyBox label={t('people.linkReady')} value={linkOf(made)} /> : null}
    </form>
  );
}

function InvitationTable({ rows, lab }: { rows: Invitation[]; lab: Id }): ReactElement {
  const t = useT();
  const revoke = useAction((id: Id) => api.delete(`invitations/${id}`), {
    refresh: [['invitations', lab]],
    done: t('people.revoked'),
  });
  const copy = async (invitation: Invitation): Promise<void> => {
    const copied = await copyText(linkOf(invitation), null);
    toast(copied ? now('do.copied') : linkOf(invitation), copied ? 'ok' : 'info');
  };
  return (
    <table className="table">
      <thead>
        <tr>
          <th>{t('people.role')}</th>
          <th>{t('people.state')}</th>
          <th className="num">{t('people.uses')}</th>
          <th>{t('people.expires')}</th>
          <th aria-label={t('people.revoke')} />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const state = stateOf(row, Date.now());
          return (
            <tr key={row.id}>
              <td>{t(`role.${row.project_role ?? row.role ?? 'member'}`)}</td>
              <td>
                <span className={`badge ${state === 'open' ? 'ok' : ''}`}>
                  {t(`people.invitation.${state}`)}
                </span>
              </td>
              <td className="num">
                {number(row.uses)}/{number(row.max_uses)}
              </td>
              <td className="muted nowrap">{dateTime(row.expires_at)}</td>
              <td className="num nowrap">
                {state === 'open' ? (
                  <>
                    {row.token ? (
                      <button type="button" className="btn small" onClick={() => void copy(row)}>
                        {t('people.copyLink')}
                      </button>
                    ) : null}{' '}
                    <button
                      type="button"
                      className="btn small danger"
                      onClick={() => revoke.mutate(row.id)}
                    >
                      {t('people.revoke')}
                    </button>
                  </>
                ) : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function Invitations({ lab, project }: Scope): ReactElement {
  const t = useT();
  const invitations = useQuery({
    queryKey: ['invitations', lab],
    queryFn: ({ signal }) => fetchAll<Invitation>(`labs/${lab}/invitations`, {}, 200, signal),
  });
  return (
    <section className="card stack">
      <h2>{t('people.invite')}</h2>
      <p className="muted">{t(project ? 'people.inviteProject' : 'people.inviteLab')}</p>
      <NewInvitation lab={lab} {...(project ? { project } : {})} />
      <Loaded query={invitations}>
        {(list) => {
          const rows = list.filter((row) => (row.project ?? null) === (project ?? null));
          return rows.length > 0 ? <InvitationTable rows={rows} lab={lab} /> : null;
        }}
      </Loaded>
    </section>
  );
}
