import { Button } from 'antd';
import { lazy, type ReactNode, Suspense } from 'react';
import { useMedia } from '../../../ui/useSize';
import { useServices } from '../../services';
import { may } from '../../state/may';
import { formatRoute, idIn, useRoute } from '../../state/route';
import { listQuery, type Show, showOf } from '../../state/table';
import { LeftIcon } from '../icons';
import { Nothing, Rows } from '../Notice';
import { OrganizationFinder } from '../OrganizationFinder';
import { useKnown } from '../session';
import { useGoToHit } from '../useGoToHit';
import { AsOf, useTreeDay } from './AsOf';
import { Drafts } from './Drafts';
import { OrganizationPanel } from './OrganizationPanel';
import { ShowSwitch } from './ShowSwitch';
import { useWords } from './useWords';
import './organizations.css';
import './placeMap.css';

const Browse = lazy(() => import('./table/Browse'));
const NewOrganization = lazy(() => import('./form/NewOrganization'));

/**
 * The organizations that one sees: their tree, beside it those below the one chosen in it as a table and on a map, and the one
 * that is open; on a narrow screen one after the other.
 */
export default function Organizations() {
  const narrow = useMedia('(max-width: 959px)');
  const { page, item, query } = useRoute();
  // It also stands in for pages that are not there for somebody: what these would open is nothing here.
  const shown = page === 'organizations' ? item : null;
  const open = idIn(shown);
  const show = showOf(query.show, narrow);
  if (shown === 'new') {
    return (
      <div className={narrow ? 'registry' : 'registry beside'}>
        {narrow ? <BackToList /> : <List open={null} show={show} narrow={false} />}
        <Suspense fallback={<Rows count={6} />}>
          <NewOrganization />
        </Suspense>
      </div>
    );
  }
  return narrow ? <Narrow open={open} show={show} /> : <Desk open={open} show={show} />;
}

interface PartProps {
  open: number | null;
  show: Show;
}

function Desk({ open, show }: PartProps) {
  const panel = open === null ? null : <OrganizationPanel key={open} id={open} />;
  return (
    <div className={show === 'tree' ? 'registry beside' : 'registry beside browsing'}>
      <List open={open} show={show} narrow={false} />
      {show === 'tree' ? (panel ?? <Hint />) : <Beside show={show} panel={panel} />}
    </div>
  );
}

/** What was chosen in the list stays there while one of its organizations is open. */
function Narrow({ open, show }: PartProps) {
  return (
    <div className="registry">
      <div className="registry-one" hidden={open !== null}>
        <ShowSwitch show={show} narrow />
        {show === 'tree' && open === null && <List open={null} show={show} narrow />}
        {show !== 'tree' && <Beside show={show} panel={null} />}
      </div>
      {open !== null && (
        <>
          <BackToList />
          <OrganizationPanel key={open} id={open} />
        </>
      )}
    </div>
  );
}

function Beside({ show, panel }: { show: Show; panel: ReactNode | null }) {
  return (
    <Suspense fallback={<Rows count={12} />}>
      <Browse parts={{ table: show !== 'map', map: show !== 'table' }} panel={panel} />
    </Suspense>
  );
}

function List({ open, show, narrow }: PartProps & { narrow: boolean }) {
  const { t } = useWords();
  const { places } = useServices();
  const session = useKnown();
  const day = useTreeDay();
  const { query } = useRoute();
  const toPlace = useGoToHit();
  const within = idIn(query.within);
  // Below the one that is open or chosen, where one may; who has one subtree needs not say which.
  const superior = open ?? within;
  const below: Record<string, string> = superior === null ? {} : { parent: String(superior) };
  // Where the table or the map shows what is below the one chosen, it needs not be opened, too.
  const opens = narrow || show === 'tree' || open !== null;
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
      {!narrow && <ShowSwitch show={show} narrow={false} />}
      <Drafts />
      <AsOf />
      <OrganizationFinder
        day={day}
        action="organization.read"
        chosen={within ?? open ?? undefined}
        onPlace={toPlace}
        choose={(organization) => {
          if (!organization) return;
          const id = String(organization.id);
          places.go({
            page: 'organizations',
            item: opens ? id : null,
            query: { ...listQuery(query), within: id },
          });
        }}
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
  const { query } = useRoute();
  return (
    <>
      <h1 className="visually-hidden">{t('console:nav.organizations')}</h1>
      <a className="registry-back" href={formatRoute({ page: 'organizations', query: listQuery(query) })}>
        <LeftIcon />
        {t('back')}
      </a>
    </>
  );
}
