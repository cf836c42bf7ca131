import { useTexts } from '../services';
import { formatRoute, type Page } from '../state/route';
import { AuditIcon, KeyIcon, PeopleIcon, PersonIcon, ScreenIcon, TaskIcon, TreeIcon } from './icons';

const icons: Partial<Record<Page, () => React.JSX.Element>> = {
  accounts: PeopleIcon,
  tasks: TaskIcon,
  organizations: TreeIcon,
  audit: AuditIcon,
  me: PersonIcon,
  sessions: ScreenIcon,
  tokens: KeyIcon,
};

/** The pages of the console: a column beside them, on a phone a row below. */
export function Navigation({ pages, shown }: { pages: readonly Page[]; shown: Page }) {
  const { t } = useTexts();
  return (
    <nav className="pages" aria-label={t('nav.label')}>
      {pages.map((page) => {
        const Icon = icons[page];
        return (
          <a key={page} href={formatRoute({ page })} aria-current={page === shown ? 'page' : undefined}>
            {Icon && <Icon />}
            <span>{t(`nav.${page as 'me'}`)}</span>
          </a>
        );
      })}
    </nav>
  );
}
