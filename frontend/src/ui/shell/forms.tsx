/** Labelled fields, errors in words, and the one way a form is sent. */
import {
  cloneElement,
  isValidElement,
  useId,
  useState,
  type SyntheticEvent,
  type ReactElement,
  type ReactNode,
} from 'react';

import { ApiProblem } from '../../api';
import { hasMessage, serverSentence, useT } from '../messages';

/** A person-readable sentence for any failure: translated by code, else as the server says it. */
export function useErrorText(): (error: unknown) => string {
  const t = useT();
  return (error) => {
    if (error instanceof ApiProblem) {
      const key = `error.${error.code}`;
      if (hasMessage(key)) return t(key);
      const fields = Object.values(error.errors).flat().join(' ');
      return serverSentence(error.code, error.detail || fields) || t('error.title');
    }
    return error instanceof Error && error.message ? error.message : t('error.title');
  };
}

export function FormError({ error }: { error: unknown }): ReactElement | null {
  const text = useErrorText();
  if (!error) return null;
  return (
    <p className="form-error" role="alert">
      {text(error)}
    </p>
  );
}

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactElement<{ id?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }>;
}

/** A label tied to its one control, with a hint and a field error that screen readers announce. */
export function Field({ label, hint, error, children }: FieldProps): ReactElement {
  const id = useId();
  const described = hint || error ? `${id}-d` : undefined;
  const control = isValidElement(children)
    ? cloneElement(children, {
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(error ? { 'aria-invalid': true } : {}),
      })
    : children;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {control}
      {error ? (
        <span id={described} className="error">
          {error}
        </span>
      ) : hint ? (
        <span id={described} className="hint">
          {hint}
        </span>
      ) : null}
    </div>
  );
}

interface FormState {
  busy: boolean;
  error: unknown;
  /** The first sentence about one field, if the server named it. */
  fieldError: (name: string) => string | undefined;
  onSubmit: (event: SyntheticEvent) => void;
}

/** Run `send` on submit; while it runs the form is busy, and a failure is kept to be shown. */
export function useForm(send: () => Promise<unknown>): FormState {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await send();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    fieldError: (name) => (error instanceof ApiProblem ? error.errors[name]?.[0] : undefined),
    onSubmit: (event) => {
      event.preventDefault();
      if (!busy) void run();
    },
  };
}
