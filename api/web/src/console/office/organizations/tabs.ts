import { type ComponentType, lazy } from 'react';
import type { OrganizationDetail } from '../../api/contract';
import type { organizationsZh } from '../../i18n/organizationsZh';
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
  /** What one must be allowed to do with the organization; without it, it is for everyone who sees that. */
  needs?: 'organization.write';
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
    needs: 'organization.write',
  },
  { name: 'verification', Content: lazyTab(() => import('../verification/VerificationTab')) },
  { name: 'history', Content: lazyTab(() => import('./history/History')) },
];
