import { useEffect, useRef } from 'react';
import { useTexts } from '../services';
import { formatRoute, type Page } from '../state/route';
import {
  AuditIcon,
  ImportIcon,
  KeyIcon,
  PeopleIcon,
  PersonIcon,
  PinIcon,
  ScreenIcon,
  TaskIcon,
  TreeIcon,
} from './icons';

const icons: Partial<Record<Page, () => React.JSX.Element>> = {
  accounts: PeopleIcon,
  tasks: TaskIcon,
  organizations: TreeIcon,
  verification: PinIcon,
  audit: AuditIcon,
  imports: ImportIcon,
  me: PersonIcon,
  sessions: ScreenIcon,
  tokens: KeyIcon,
};

/** The pages of the console: a column beside them, on a phone a row below. */
export function Navigation({ pages, shown }: { pages: readonly Page[]; shown: Page }) {
  const { t } = useTexts();
  const bar = useRef<HTMLElement>(null);
  // The page that is shown is not beyond the edge of the row.
  useEffect(() => {
    const link = bar.current?.querySelector<HTMLElement>(`[href="${formatRoute({ page: shown })}"]`);
    link?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  return (
    <nav ref={bar} className="pages" aria-label={t('nav.label')}>
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
