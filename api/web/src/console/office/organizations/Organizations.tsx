import { useMedia } from '../../../ui/useSize';
import { useServices } from '../../services';
import { idIn, useRoute } from '../../state/route';
import { LeftIcon } from '../icons';
import { Nothing } from '../Notice';
import { OrganizationFinder } from '../OrganizationFinder';
import { AsOf, useTreeDay } from './AsOf';
import { OrganizationPanel } from './OrganizationPanel';
import { useWords } from './useWords';
import './organizations.css';

/** The organizations that one sees, and beside them the one that is open; on a narrow screen one after the other. */
export default function Organizations() {
  const narrow = useMedia('(max-width: 959px)');
  const { item } = useRoute();
  const open = idIn(item);
  if (!narrow) {
    return (
      <div className="registry beside">
        <List open={open} />
        {open === null ? <Hint /> : <OrganizationPanel key={open} id={open} />}
      </div>
    );
  }
  if (open === null) {
    return (
      <div className="registry">
        <List open={null} />
      </div>
    );
  }
  return (
    <div className="registry">
      <BackToList />
      <OrganizationPanel key={open} id={open} />
    </div>
  );
}

function List({ open }: { open: number | null }) {
  const { t } = useWords();
  const { places } = useServices();
  const day = useTreeDay();
  return (
    <aside className="organizations" aria-label={t('list')}>
      <h1>{t('console:nav.organizations')}</h1>
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
