import { Button } from 'antd';
import { lazy, Suspense } from 'react';
import { useMedia } from '../../../ui/useSize';
import { useServices } from '../../services';
import { may } from '../../state/may';
import { formatRoute, idIn, useRoute } from '../../state/route';
import { LeftIcon } from '../icons';
import { Nothing, Rows } from '../Notice';
import { OrganizationFinder } from '../OrganizationFinder';
import { useKnown } from '../session';
import { AsOf, useTreeDay } from './AsOf';
import { Drafts } from './Drafts';
import { OrganizationPanel } from './OrganizationPanel';
import { useWords } from './useWords';
import './organizations.css';
import './placeMap.css';

const NewOrganization = lazy(() => import('./form/NewOrganization'));

/** The organizations that one sees, and beside them the one that is open; on a narrow screen one after the other. */
export default function Organizations() {
  const { t } = useWords();
  const narrow = useMedia('(max-width: 959px)');
  const route = useRoute();
  // It also stands in for pages that are not there for somebody: what these would open is nothing here.
  const item = route.page === 'organizations' ? route.item : null;
  const open = idIn(item);
  const content =
    item === 'new' ? (
      <Suspense fallback={<Rows count={6} />}>
        <NewOrganization />
      </Suspense>
    ) : open === null ? null : (
      <OrganizationPanel key={open} id={open} />
    );
  if (!narrow) {
    return (
      <div className="registry beside">
        <List open={open} />
        {content ?? <Hint />}
      </div>
    );
  }
  return (
    <div className="registry">
      {content ? (
        <>
          <h1 className="visually-hidden">{t('console:nav.organizations')}</h1>
          <BackToList />
          {content}
        </>
      ) : (
        <List open={null} />
      )}
    </div>
  );
}

function List({ open }: { open: number | null }) {
  const { t } = useWords();
  const { places } = useServices();
  const session = useKnown();
  const day = useTreeDay();
  // Below the one that is open, where one may; who has one subtree needs not say which.
  const below: Record<string, string> = open === null ? {} : { parent: String(open) };
  return (
    <aside className="organizations" aria-label={t('list')}>
      <div className="registry-list-head">
        <h1>{t('console:nav.organizations')}</h1>
        {may(session, 'organization.write') && (
          <Button type="primary" href={formatRoute({ page: 'organizations', item: 'new', query: below })}>
            {t('form.new')}
          </Button>
        )}
      </div>
      <Drafts />
      <AsOf />
      <OrganizationFinder
        day={day}
        action="organization.read"
        chosen={open ?? undefined}
        choose={(organization) =>
          organization &&
          places.go({ page: 'organizations', item: String(organization.id), query: { day: day ?? '' } })
        }
      />
    </aside>
  );
}

function Hint() {
  const { t } = useWords();
  return (
    <section className="registry-panel empty">
      <Nothing text={t('hint')} />
    </section>
  );
}

function BackToList() {
  const { t } = useWords();
  return (
    <a className="registry-back" href="#/organizations">
      <LeftIcon />
      {t('back')}
    </a>
  );
}
