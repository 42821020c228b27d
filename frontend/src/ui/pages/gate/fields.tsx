/** The fields of an account, the same at first set-up and at sign-up. */
import type { ReactElement } from 'react';

import { useT, type MessageKey } from '../../messages';
import { Field } from '../../shell/forms';

export interface Account {
  username: string;
  email: string;
  password: string;
}

interface TextProps {
  label: MessageKey;
  hint?: MessageKey;
  error?: string | undefined;
  type?: string;
  value: string;
  autoComplete: string;
  autoFocus?: boolean;
  required?: boolean;
  minLength?: number;
  onChange: (value: string) => void;
}

export function TextField({ label, hint, error, onChange, ...input }: TextProps): ReactElement {
  const t = useT();
  return (
    <Field label={t(label)} hint={hint ? t(hint) : undefined} error={error}>
      <input className="input" {...input} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

interface AccountProps {
  value: Account;
  onChange: (value: Account) => void;
  fieldError: (name: string) => string | undefined;
}

export function AccountFields({ value, onChange, fieldError }: AccountProps): ReactElement {
  return (
    <>
      <TextField
        label="signin.username"
        autoComplete="username"
        autoFocus
        required
        value={value.username}
        error={fieldError('username')}
        onChange={(username) => onChange({ ...value, username })}
      />
      <TextField
        label="setup.email"
        hint="setup.emailHint"
        type="email"
        autoComplete="email"
        required
        value={value.email}
        error={fieldError('email')}
        onChange={(email) => onChange({ ...value, email })}
      />
      <TextField
        label="signin.password"
        hint="setup.passwordHint"
        type="password"
        autoComplete="new-password"
        required
        minLength={10}
        value={value.password}
        error={fieldError('password')}
        onChange={(password) => onChange({ ...value, password })}
      />
    </>
  );
}
