import { Table } from 'antd';
import { useMedia } from '../../ui/useSize';
import type { Account } from '../api/contract';
import { when } from '../format/when';
import { useLanguage, useServices, useTexts } from '../services';
import { formatRoute, useRoute } from '../state/route';
import { Tag } from './Tag';

/** Accounts as a table, on a phone as cards. */
export function AccountList({ items }: { items: readonly Account[] }) {
  const { t } = useTexts();
  const { places } = useServices();
  const language = useLanguage();
  const { query } = useRoute();
  const narrow = useMedia('(max-width: 719px)');
  const addressOf = ({ id }: Account) => formatRoute({ page: 'accounts', item: String(id), query });
  const seen = ({ signed_in_at }: Account) =>
    signed_in_at ? when(signed_in_at, language) : t('account.never');
  if (narrow) {
    return (
      <ul className="cards">
        {items.map((account) => (
          <li key={account.id}>
            <a href={addressOf(account)} className="card-link">
              <span className="card-name">{account.display_name}</span>
              <AccountState account={account} />
              <span className="quiet">{account.name}</span>
              <span className="quiet">{account.organization?.name ?? t('organization.none0')}</span>
            </a>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table<Account>
      rowKey="id"
      size="middle"
      pagination={false}
      dataSource={[...items]}
      onRow={(account) => ({
        onClick: () => places.go({ page: 'accounts', item: String(account.id), query }),
      })}
      columns={[
        {
          title: t('account.shownAs'),
          render: (_, account) => <a href={addressOf(account)}>{account.display_name}</a>,
        },
        { title: t('account.name'), dataIndex: 'name' },
        { title: t('account.organization'), render: (_, account) => account.organization?.name ?? '—' },
        { title: t('account.state'), render: (_, account) => <AccountState account={account} /> },
        { title: t('account.seen'), render: (_, account) => <span className="number">{seen(account)}</span> },
      ]}
    />
  );
}

/** In a word, what keeps an account from being used; in order when nothing does. */
export function AccountState({ account }: { account: Account }) {
  const { t } = useTexts();
  if (account.disabled) return <Tag tone="bad">{t('account.disabled')}</Tag>;
  if (!account.has_password && !account.signed_in_at) return <Tag tone="warn">{t('account.invited')}</Tag>;
  if (account.must_change) return <Tag tone="warn">{t('account.mustChange')}</Tag>;
  return <Tag tone="good">{t('account.active')}</Tag>;
}
