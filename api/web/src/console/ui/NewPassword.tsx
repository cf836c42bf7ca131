import { useTexts } from '../services';
import { checkPassword, leastLength, type PasswordChecks } from '../state/password';
import { PasswordField } from './Field';

export interface NewPasswordValue {
  password: string;
  repeated: string;
}

export const noPassword: NewPasswordValue = { password: '', repeated: '' };

/** Whether nothing is left to say against a new password. */
export function isGood(value: NewPasswordValue, names: readonly string[]): boolean {
  return Object.values(checkPassword(value.password, value.repeated, names)).every((good) => good);
}

interface NewPasswordProps {
  value: NewPasswordValue;
  onChange: (value: NewPasswordValue) => void;
  /** What it must not hold. */
  names: readonly string[];
  /** Whether somebody wanted to send it already: then what is missing is an error. */
  tried: boolean;
  error?: React.ReactNode;
}

/** A new password, twice, with what it still lacks while it is typed. */
export function NewPassword({ value, onChange, names, tried, error }: NewPasswordProps) {
  const { t } = useTexts();
  const checks = checkPassword(value.password, value.repeated, names);
  return (
    <>
      <PasswordField
        label={t('password.new')}
        value={value.password}
        onChange={(password) => onChange({ ...value, password })}
        autoComplete="new-password"
        required
        hint={<Checks checks={checks} />}
        error={
          (tried && !(checks.length && checks.varied && checks.unlike) && t('password.lacking')) || error
        }
      />
      <PasswordField
        label={t('password.repeat')}
        value={value.repeated}
        onChange={(repeated) => onChange({ ...value, repeated })}
        autoComplete="new-password"
        required
        error={(tried || value.repeated !== '') && !checks.same && t('password.differs')}
      />
    </>
  );
}

function Checks({ checks }: { checks: PasswordChecks }) {
  const { t } = useTexts();
  const lines: [boolean, string][] = [
    [checks.length, t('password.length', { least: leastLength })],
    [checks.varied, t('password.varied')],
    [checks.unlike, t('password.unlike')],
  ];
  return (
    <ul className="checks">
      {lines.map(([good, text]) => (
        <li key={text} data-good={good}>
          <span aria-hidden="true">{good ? '✓' : '○'}</span> {text}
          <span className="visually-hidden">{t(good ? 'password.done' : 'password.missing')}</span>
        </li>
      ))}
    </ul>
  );
}
