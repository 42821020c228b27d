/** API tokens: made, shown once, revoked. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';

import { api, fetchAll, type ApiToken, type NewApiToken } from '../../../api';
import { useT } from '../../messages';
import { CopyBox } from '../../shell/CopyBox';
import { Confirm } from '../../shell/Dialog';
import { Field, FormError, useForm } from '../../shell/forms';
import { dateTime } from '../../shell/format';
import { useAction } from '../../shell/mutate';
import { Loaded } from '../../shell/states';

function NewToken(): ReactElement {
  const t = useT();
  const [name, setName] = useState('');
  const [made, setMade] = useState<NewApiToken | null>(null);
  const create = useAction((label: string) => api.post<NewApiToken>('tokens', { name: label }), {
    refresh: [['tokens']],
  });
  const form = useForm(async () => {
    setMade(await create.mutateAsync(name));
    setName('');
  });
  return (
    <form className="stack" onSubmit={form.onSubmit}>
      <Field
        label={t('account.tokenName')}
        hint={t('account.tokenNameHint')}
        error={form.fieldError('name')}
      >
        <input
          className="input"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <FormError error={form.error} />
      <div>
        <button type="submit" className="btn" disabled={form.busy}>
          {t('account.tokenCreate')}
        </button>
      </div>
      {made ? <CopyBox label={t('account.tokenOnce')} value={made.token} /> : null}
    </form>
  );
}

export function Tokens(): ReactElement {
  const t = useT();
  const [asked, setAsked] = useState<ApiToken | null>(null);
  const tokens = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => fetchAll<ApiToken>('tokens', {}, 200, signal),
  });
  const revoke = useAction((id: number) => api.delete(`tokens/${id}`), {
    refresh: [['tokens']],
    done: t('account.revoked'),
  });
  return (
    <section className="card stack">
      <h2>{t('account.tokens')}</h2>
      <p className="muted">{t('account.tokensHelp')}</p>
      <NewToken />
      <Loaded query={tokens}>
        {(list) =>
          list.length === 0 ? (
            <p className="muted">{t('account.noTokens')}</p>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th>{t('account.name')}</th>
                  <th>{t('account.prefix')}</th>
                  <th>{t('account.lastUsed')}</th>
                  <th aria-label={t('account.revoke')} />
                </tr>
              </thead>
              <tbody>
                {list.map((token) => (
                  <tr key={token.id}>
                    <td>{token.name}</td>
                    <td className="mono">{token.prefix}…</td>
                    <td>
                      {token.last_used_at ? dateTime(token.last_used_at) : t('account.never')}
                    </td>
                    <td className="num">
                      <button
                        type="button"
                        className="btn small danger"
                        onClick={() => setAsked(token)}
                      >
                        {t('account.revoke')}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {asked ? (
        <Confirm
          title={t('account.revokeTitle', { name: asked.name })}
          text={t('account.revokeText')}
          action={t('account.revoke')}
          danger
          onConfirm={() => {
            revoke.mutate(asked.id);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </section>
  );
}
