import { Button, Drawer } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useDelayed } from '../../ui/useDelayed';
import { useMedia } from '../../ui/useSize';
import { useAccounts } from '../api/accounts';
import { useOrganization } from '../api/organizations';
import { useServices, useTexts } from '../services';
import { may, mayEverywhere } from '../state/may';
import { idIn, useRoute } from '../state/route';
import { AccountList } from './AccountList';
import { AccountPanel } from './AccountPanel';
import { TreeIcon } from './icons';
import { NewAccount } from './NewAccount';
import { Fault, Nothing, Rows } from './Notice';
import { OrganizationFinder } from './OrganizationFinder';
import { useKnown } from './session';

/** The accounts that one looks after, by organization and by name; one of them, or a new one, beside them. */
export function Accounts() {
  const { t } = useTexts();
  const { places } = useServices();
  const session = useKnown();
  const narrow = useMedia('(max-width: 959px)');
  const { item, query } = useRoute();
  const organization = idIn(query.organization);
  const open = item === 'new' ? 'new' : idIn(item);
  const close = () => places.go({ page: 'accounts', item: null, query }, 'replace');
  return (
    <div className={narrow ? 'accounts' : 'accounts beside'}>
      {!narrow && (
        <aside className="organizations" aria-label={t('organization.tree')}>
          <Organizations />
        </aside>
      )}
      <section className="listing" aria-labelledby="accounts-title">
        <div className="listing-head">
          <h1 id="accounts-title">{t('nav.accounts')}</h1>
          {may(session, 'account.write') && (
            <Button type="primary" onClick={() => places.go({ page: 'accounts', item: 'new', query })}>
              {t('account.new')}
            </Button>
          )}
        </div>
        <div className="listing-filter">
          <NameFilter />
          {narrow && <OrganizationFilter organization={organization} />}
        </div>
        <List />
      </section>
      <Drawer
        title={open === 'new' ? t('account.new') : t('account.title')}
        open={open !== null}
        onClose={close}
        size={520}
        destroyOnHidden
        rootClassName="drawer"
      >
        {open === 'new' && <NewAccount organization={organization} onClose={close} />}
        {typeof open === 'number' && <AccountPanel id={open} onClose={close} />}
      </Drawer>
    </div>
  );
}

function Organizations({ onChosen }: { onChosen?: () => void }) {
  const { t } = useTexts();
  const { places } = useServices();
  const session = useKnown();
  const { query } = useRoute();
  const all = t(mayEverywhere(session, 'account.read') ? 'organization.every' : 'organization.mine');
  return (
    <OrganizationFinder
      action="account.read"
      chosen={idIn(query.organization)}
      all={all}
      choose={(organization) => {
        places.filter({ organization: organization ? String(organization.id) : '' });
        onChosen?.();
      }}
    />
  );
}

/** On a narrow screen the tree opens from a button, which says what is chosen. */
function OrganizationFilter({ organization }: { organization: number | null }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const chosen = useOrganization(organization);
  return (
    <>
      <Button icon={<TreeIcon />} className="filter-button" onClick={() => setOpen(true)}>
        {organization === null ? t('organization.any') : (chosen.data?.name ?? '…')}
      </Button>
      <Drawer
        title={t('organization.tree')}
        open={open}
        onClose={() => setOpen(false)}
        size={420}
        destroyOnHidden
        rootClassName="drawer"
      >
        <Organizations onChosen={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function NameFilter() {
  const { t } = useTexts();
  const { places } = useServices();
  const { query } = useRoute();
  const [text, setText] = useState(query.q ?? '');
  const rested = useDelayed(text.trim(), 200);
  const held = query.q ?? '';
  /** What both agreed on last: whichever of them differs from it was changed. */
  const agreed = useRef(held);
  useEffect(() => {
    if (rested === agreed.current) return;
    agreed.current = rested;
    places.filter({ q: rested });
  }, [rested, places]);
  useEffect(() => {
    if (held === agreed.current) return;
    agreed.current = held;
    setText(held);
  }, [held]);
  return (
    <input
      type="search"
      className="input"
      aria-label={t('account.search')}
      placeholder={t('account.search')}
      maxLength={100}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

function List() {
  const { t } = useTexts();
  const { places } = useServices();
  const { query } = useRoute();
  const q = query.q ?? '';
  const organization = idIn(query.organization);
  const accounts = useAccounts({ q, organization });
  if (accounts.isError) return <Fault error={accounts.error} retry={() => void accounts.refetch()} />;
  if (accounts.isPending) return <Rows count={6} />;
  const items = accounts.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    const filtered = q !== '' || organization !== null;
    return (
      <Nothing text={t(filtered ? 'account.noneFound' : 'account.none')}>
        {filtered && <Button onClick={() => places.go({ page: 'accounts' })}>{t('filter.clear')}</Button>}
      </Nothing>
    );
  }
  return (
    <div aria-busy={accounts.isPlaceholderData}>
      <AccountList items={items} />
      {accounts.hasNextPage && (
        <Button block loading={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </div>
  );
}
