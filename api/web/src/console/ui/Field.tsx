import { type InputHTMLAttributes, type ReactNode, useId, useState } from 'react';
import { useTexts } from '../services';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** What is wrong with it; null while nothing is. */
  error?: ReactNode;
}

interface LongFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  maxLength: number;
  hint?: ReactNode;
}

/** One input with its label, and beside it what helps and what is wrong. */
export function Field({ label, value, onChange, hint, error, ...input }: FieldProps) {
  const id = useId();
  const told = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter((part) => part !== '').join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        value={value}
        aria-invalid={error ? true : undefined}
        {...(told === '' ? {} : { 'aria-describedby': told })}
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
      {error && (
        <div id={`${id}-error`} className="field-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

/** A text of several lines with its label. */
export function LongField({ label, value, onChange, maxLength, hint }: LongFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="input"
        rows={3}
        maxLength={maxLength}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
    </div>
  );
}

/** A password, which can be shown: on a phone nobody types one blindly. */
export function PasswordField(props: FieldProps) {
  const { t } = useTexts();
  const [shown, setShown] = useState(false);
  return (
    <div className="password">
      <Field {...props} type={shown ? 'text' : 'password'} autoCapitalize="none" spellCheck={false} />
      <button type="button" className="reveal" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {t(shown ? 'password.hide' : 'password.show')}
      </button>
    </div>
  );
}
