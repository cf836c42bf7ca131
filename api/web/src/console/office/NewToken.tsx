import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useOwnActions } from '../api/own';
import { useWrite } from '../api/useWrite';
import { useTexts } from '../services';
import { Draft } from '../state/draft';
import { Field } from '../ui/Field';
import { Sentence } from '../ui/Sentence';
import { Check } from './Check';
import { Choice } from './Choice';
import { GrantText } from './GrantText';
import { OneTime } from './OneTime';
import { useKnown } from './session';

interface Filled {
  name: string;
  readOnly: boolean;
  days: string;
  /** The ids of the grants that it carries; null for all. */
  grants: number[] | null;
}

const draft = new Draft<Filled>(sessionStorage, 'token');
const terms = ['7', '30', '90', '366'] as const;

/** Makes a token, and shows it this one time. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useTexts();
  const { grants } = useKnown();
  const { makeToken } = useOwnActions();
  const [filled, setFilled] = useState<Filled>({
    name: '',
    readOnly: true,
    days: '90',
    grants: null,
    ...draft.read(),
  });
  const set = (change: Partial<Filled>) => {
    const next = { ...filled, ...change };
    draft.keep(next);
    setFilled(next);
  };
  const [tried, setTried] = useState(false);
  const make = useWrite({
    mutationFn: () =>
      makeToken({
        name: filled.name.trim(),
        read_only: filled.readOnly,
        grants: filled.grants,
        expires_in_days: Number(filled.days),
      }),
    onSuccess: () => draft.drop(),
  });
  if (make.data) {
    return (
      <div className="form">
        <OneTime value={make.data.token} label={make.data.item.name} text={t('tokens.made')} />
        <Button type="primary" className="start" onClick={onClose}>
          {t('done')}
        </Button>
      </div>
    );
  }
  const carried = filled.grants ?? grants.map((grant) => grant.id);
  const turn = (id: number) => {
    const next = carried.includes(id) ? carried.filter((one) => one !== id) : [...carried, id];
    set({ grants: next.length === grants.length ? null : next });
  };
  const ready = filled.name.trim() !== '' && (grants.length === 0 || carried.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ready && !make.isPending) make.mutate();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      {make.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={make.error} />
        </p>
      )}
      <Field
        label={t('tokens.name')}
        value={filled.name}
        onChange={(name) => set({ name })}
        maxLength={200}
        autoComplete="off"
        hint={t('tokens.nameHint')}
        error={tried && filled.name.trim() === '' && t('required')}
        autoFocus
      />
      <Choice
        label={t('tokens.term')}
        value={filled.days}
        onChange={(days) => set({ days })}
        options={terms.map((days) => [days, t('tokens.days', { count: Number(days) })] as const)}
      />
      <Check checked={filled.readOnly} onChange={(readOnly) => set({ readOnly })}>
        {t('tokens.readOnlyText')}
      </Check>
      {grants.length > 1 && (
        <fieldset className="checks-field">
          <legend>{t('tokens.carries')}</legend>
          {grants.map((grant) => (
            <label key={grant.id} className="check">
              <input type="checkbox" checked={carried.includes(grant.id)} onChange={() => turn(grant.id)} />
              <span className="grant">
                <GrantText grant={grant} />
              </span>
            </label>
          ))}
          {tried && carried.length === 0 && (
            <div className="field-error" role="alert">
              {t('tokens.carriesNone')}
            </div>
          )}
        </fieldset>
      )}
      <Button type="primary" htmlType="submit" loading={make.isPending}>
        {t('tokens.make')}
      </Button>
    </form>
  );
}
