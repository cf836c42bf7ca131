import { type ComponentType, lazy } from 'react';
import type { OrganizationDetail, Session } from '../../api/contract';
import type { organizationsZh } from '../../i18n/organizationsZh';
import { may } from '../../state/may';
import { Overview } from './Overview';

/** What each tab is given: the organization as it is known now, read for those who look after it. */
export interface TabProps {
  organization: OrganizationDetail;
}

/** One tab of an organization. */
export interface Tab {
  /** How the address names it, as in `#/organizations/4711?tab=overview`; its title is the text `tab.NAME`. */
  name: keyof (typeof organizationsZh)['tab'];
  Content: ComponentType<TabProps>;
  /** Whether it is there for somebody; without it, it is for everyone who sees the organization. */
  shown?: (session: Session, organization: OrganizationDetail) => boolean;
}

/** The content of a tab that is loaded when it is opened: `lazyTab(() => import('./verification/Verification'))`. */
function lazyTab(load: () => Promise<{ default: ComponentType<TabProps> }>): ComponentType<TabProps> {
  return lazy(load);
}

/** The tabs in their order; the first one shows when the address names none. Later ones are loaded lazily. */
export const tabs: readonly Tab[] = [
  { name: 'overview', Content: Overview },
  {
    name: 'edit',
    Content: lazyTab(() => import('./form/Edit')),
    shown: (session) => may(session, 'organization.write'),
  },
  { name: 'verification', Content: lazyTab(() => import('../verification/VerificationTab')) },
  { name: 'history', Content: lazyTab(() => import('./history/History')) },
];
