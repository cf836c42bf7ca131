import { Button } from 'antd';
import { useState } from 'react';
import { useAccountActions, useGrants } from '../api/accounts';
import type { Account, Grant } from '../api/contract';
import { useWrite } from '../api/useWrite';
import { useServices, useTexts } from '../services';
import { may } from '../state/may';
import { GrantForm } from './GrantForm';
import { GrantText } from './GrantText';
import { Fault, Nothing, Rows } from './Notice';
import { useKnown } from './session';

/** What an account may do, and where. */
export function Grants({ account }: { account: Account }) {
  const { t } = useTexts();
  const session = useKnown();
  const [adding, setAdding] = useState(false);
  const grants = useGrants(account.id);
  const writes = may(session, 'grant.write') && account.id !== session.account.id;
  return (
    <section aria-labelledby="grants-title">
      <h3 id="grants-title">{t('grant.title')}</h3>
      {grants.isError && <Fault error={grants.error} retry={() => void grants.refetch()} />}
      {grants.isPending && <Rows count={2} />}
      {grants.data?.length === 0 && <Nothing text={t('grant.none')} />}
      <ul className="grants">
        {grants.data?.map((grant) => (
          <GrantLine key={grant.id} account={account} grant={grant} writes={writes} />
        ))}
      </ul>
      {writes && !adding && (
        <Button className="start" onClick={() => setAdding(true)}>
          {t('grant.add')}
        </Button>
      )}
      {adding && <GrantForm account={account} onClose={() => setAdding(false)} />}
    </section>
  );
}

interface GrantLineProps {
  account: Account;
  grant: Grant;
  writes: boolean;
}

/** A grant ends at once; for a while the same can be given again with one button. */
function GrantLine({ account, grant, writes }: GrantLineProps) {
  const { t } = useTexts();
  const { undoing } = useServices();
  const actions = useAccountActions();
  const end = useWrite({
    mutationFn: () => actions.endGrant(account.id, grant),
    onSuccess: () =>
      undoing.offer(t('grant.ended', { role: t(`role.${grant.role}`), name: account.display_name }), () => {
        const { role, organization, valid_from, valid_to } = grant;
        return actions.grant(account.id, {
          role,
          organization: organization?.id ?? null,
          valid_from,
          valid_to,
        });
      }),
  });
  return (
    <li className="grant">
      <GrantText grant={grant} />
      {grant.source === 'oidc' && <span className="quiet">{t('grant.oidc')}</span>}
      {writes && grant.source === 'grant' && (
        <Button
          type="text"
          danger
          loading={end.isPending}
          aria-label={t('grant.endLabel', { role: t(`role.${grant.role}`) })}
          onClick={() => end.mutate()}
        >
          {t('grant.end')}
        </Button>
      )}
      {end.isError && <Fault error={end.error} />}
    </li>
  );
}
