import { useId, useState } from 'react';
import { useDelayed } from '../../ui/useDelayed';
import { useAccountActions, useAccounts } from '../api/accounts';
import type { Account } from '../api/contract';
import { useWrite } from '../api/useWrite';
import { useTexts } from '../services';
import { Dialog } from './Dialog';
import { Fault, Nothing, Rows } from './Notice';

interface HandOverProps {
  account: Account;
  open: boolean;
  onClose: () => void;
  onDone: () => void;
}

/** An office changes hands: what the one account may do goes to another, and the one is closed. */
export function HandOver({ account, open, onClose, onDone }: HandOverProps) {
  const { t } = useTexts();
  const [to, setTo] = useState<Account | null>(null);
  const { handOver } = useAccountActions();
  const send = useWrite({ mutationFn: (id: number) => handOver(account.id, id), onSuccess: onDone });
  return (
    <Dialog
      title={t('handover.title', { name: account.display_name })}
      open={open}
      onCancel={onClose}
      onOk={() => to && send.mutate(to.id)}
      okText={to ? t('handover.send', { name: to.display_name }) : t('care.handover')}
      okButtonProps={{ danger: true, disabled: to === null, loading: send.isPending }}
      cancelText={t('cancel')}
      destroyOnHidden
    >
      <p>{t('handover.text')}</p>
      <Successors account={account} chosen={to} choose={setTo} />
      {send.isError && <Fault error={send.error} />}
    </Dialog>
  );
}

interface SuccessorsProps {
  account: Account;
  chosen: Account | null;
  choose: (account: Account) => void;
}

function Successors({ account, chosen, choose }: SuccessorsProps) {
  const { t } = useTexts();
  const [text, setText] = useState('');
  const q = useDelayed(text.trim(), 200);
  const name = useId();
  // First those of the same organization: whoever follows in an office is mostly there already.
  const organization = q === '' ? (account.organization?.id ?? null) : null;
  const accounts = useAccounts({ q, organization });
  const items = (accounts.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((one) => one.id !== account.id && !one.disabled);
  return (
    <>
      <input
        type="search"
        className="input"
        aria-label={t('handover.search')}
        placeholder={t('handover.search')}
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {accounts.isError && <Fault error={accounts.error} />}
      {accounts.isPending && <Rows count={3} />}
      {accounts.isSuccess && items.length === 0 && <Nothing text={t('handover.none')} />}
      <div className="successors" role="radiogroup" aria-label={t('handover.successor')}>
        {items.map((one) => (
          <label key={one.id} className="successor">
            <input type="radio" name={name} checked={chosen?.id === one.id} onChange={() => choose(one)} />
            <span>{one.display_name}</span>
            <span className="quiet">
              {one.name} · {one.organization?.name ?? t('organization.none0')}
            </span>
          </label>
        ))}
      </div>
    </>
  );
}
