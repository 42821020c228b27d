/** A table of people with a role each, which who may change it can change. */
import { useState, type ReactElement } from 'react';

import type { Id, User } from '../../../api';
import { useT, type MessageKey } from '../../messages';
import { Confirm } from '../../shell/Dialog';
import { personName } from '../../shell/format';

interface Props<R extends string> {
  people: { user: User; role: R }[];
  roles: readonly R[];
  mayChange: boolean;
  onRole: (user: Id, role: R) => void;
  onRemove: (user: Id) => void;
}

export function People<R extends string>(props: Props<R>): ReactElement {
  const { people, roles, mayChange, onRole, onRemove } = props;
  const t = useT();
  const [asked, setAsked] = useState<User | null>(null);
  const word = (role: R): string => t(`role.${role}` as MessageKey);
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            <th>{t('people.person')}</th>
            <th>{t('setup.email')}</th>
            <th>{t('people.role')}</th>
            {mayChange ? <th aria-label={t('do.remove')} /> : null}
          </tr>
        </thead>
        <tbody>
          {people.map(({ user, role }) => (
            <tr key={user.id}>
              <td>
                {personName(user)}{' '}
                {user.display_name ? <span className="muted small">{user.username}</span> : null}
              </td>
              <td className="muted">{user.email}</td>
              <td>
                {mayChange ? (
                  <select
                    className="input auto"
                    aria-label={t('people.roleOf', { name: user.username })}
                    value={role}
                    onChange={(event) => onRole(user.id, event.target.value as R)}
                  >
                    {roles.map((name) => (
                      <option key={name} value={name}>
                        {word(name)}
                      </option>
                    ))}
                  </select>
                ) : (
                  word(role)
                )}
              </td>
              {mayChange ? (
                <td className="num">
                  <button type="button" className="btn small danger" onClick={() => setAsked(user)}>
                    {t('do.remove')}
                  </button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      {asked ? (
        <Confirm
          title={t('people.removeTitle', { name: personName(asked) })}
          text={t('people.removeText')}
          action={t('do.remove')}
          danger
          onConfirm={() => {
            onRemove(asked.id);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </>
  );
}
