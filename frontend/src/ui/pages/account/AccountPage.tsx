/** What belongs to the person: looks of the pages, password, API tokens. */
import type { ReactElement } from 'react';

import { setLanguage, useLanguage, useT, type Language } from '../../messages';
import { Field } from '../../shell/forms';
import { PageHead } from '../../shell/PageHead';
import { setTheme, useTheme, type Theme } from '../../shell/preferences';
import { useUser } from '../../shell/session';
import { Password } from './Password';
import { Tokens } from './Tokens';

export function AccountPage(): ReactElement {
  const t = useT();
  const user = useUser();
  const theme = useTheme();
  const language = useLanguage();
  return (
    <div className="page narrow">
      <PageHead title={t('nav.account')} lead={t('account.lead', { name: user.username })} />
      <div className="stack">
        <section className="card">
          <header>
            <h2>{t('account.appearance')}</h2>
          </header>
          <div className="cols">
            <Field label={t('account.theme')}>
              <select
                className="input"
                value={theme}
                onChange={(event) => setTheme(event.target.value as Theme)}
              >
                <option value="system">{t('account.themeSystem')}</option>
                <option value="light">{t('account.themeLight')}</option>
                <option value="dark">{t('account.themeDark')}</option>
              </select>
            </Field>
            <Field label={t('account.language')}>
              <select
                className="input"
                value={language}
                onChange={(event) => setLanguage(event.target.value as Language)}
              >
                <option value="en">English</option>
                <option value="zh">中文</option>
              </select>
            </Field>
          </div>
        </section>
        <Password />
        <Tokens />
      </div>
    </div>
  );
}
