import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { dayAt, plusDays, yearFrom } from '../../format/day';
import { useAccountActions } from '../api/accounts';
import { type Account, type Role, roles } from '../api/contract';
import { useWrite } from '../api/useWrite';
import { useTexts } from '../services';
import { lastOwnDay, mayEverywhere } from '../state/may';
import { Field } from '../ui/Field';
import { Sentence } from '../ui/Sentence';
import { Choice } from './Choice';
import { OrganizationField } from './OrganizationField';
import { useKnown } from './session';

/** Gives an account a role on an organization and all below it, for some days. */
export function GrantForm({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTexts();
  const session = useKnown();
  const { grant } = useAccountActions();
  const today = dayAt(new Date());
  const longest = lastOwnDay(session.grants);
  const usual = yearFrom(today);
  const [role, setRole] = useState<Role>('registrar');
  const [organization, setOrganization] = useState(account.organization);
  const [firstDay, setFirstDay] = useState(today);
  const [lastDay, setLastDay] = useState(longest !== null && longest < usual ? longest : usual);
  const everywhere = mayEverywhere(session, 'grant.write');
  const dated = firstDay !== '' && lastDay >= firstDay;
  const ready = dated && (organization !== null || everywhere);
  const send = useWrite({
    mutationFn: () =>
      grant(account.id, {
        role,
        organization: organization?.id ?? null,
        valid_from: firstDay,
        valid_to: plusDays(lastDay, 1),
      }),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !send.isPending) send.mutate();
  };
  return (
    <form className="form inset" onSubmit={submit} noValidate>
      {send.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={send.error} />
        </p>
      )}
      <Choice
        label={t('grant.role')}
        value={role}
        onChange={setRole}
        options={roles.map((one) => [one, t(`role.${one}`)] as const)}
        hint={t(`roleHint.${role}`)}
      />
      <OrganizationField
        label={t('grant.where')}
        action="grant.write"
        value={organization}
        onChange={setOrganization}
        all={everywhere ? t('organization.all') : undefined}
      />
      <div className="pair">
        <Field label={t('grant.firstDay')} type="date" value={firstDay} onChange={setFirstDay} />
        <Field
          label={t('grant.lastDay')}
          type="date"
          value={lastDay}
          min={firstDay}
          {...(longest === null ? {} : { max: longest })}
          onChange={setLastDay}
          error={!dated && t('grant.lastDayBad')}
        />
      </div>
      <div className="buttons">
        <Button type="primary" htmlType="submit" disabled={!ready} loading={send.isPending}>
          {t('grant.give')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </div>
    </form>
  );
}
