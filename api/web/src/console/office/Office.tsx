import { type ComponentType, lazy, Suspense, useRef } from 'react';
import { Theme } from '../antd/Theme';
import type { Session } from '../api/contract';
import { may } from '../state/may';
import { type Page, useRoute } from '../state/route';
import { Frame } from '../ui/Frame';
import { Accounts } from './Accounts';
import { Audit } from './Audit';
import { BarKeys } from './BarKeys';
import { BarSearch } from './BarSearch';
import { Me } from './Me';
import { Navigation } from './Navigation';
import { Rows } from './Notice';
import { OutboxProvider } from './outbox';
import { Sessions } from './Sessions';
import { SessionProvider } from './session';
import { Tokens } from './Tokens';
import { Undo } from './Undo';

// Forms and maps of organizations arrive when somebody turns to them.
const Tasks = lazy(() => import('./tasks/Tasks'));
const Organizations = lazy(() => import('./organizations/Organizations'));
const Imports = lazy(() => import('../imports/Imports'));
const Waiting = lazy(() => import('./verification/Waiting'));

const contents: Partial<Record<Page, ComponentType>> = {
  accounts: Accounts,
  tasks: Tasks,
  organizations: Organizations,
  verification: Waiting,
  imports: Imports,
  audit: Audit,
  me: Me,
  sessions: Sessions,
  tokens: Tokens,
};

/** The console of somebody who is signed in. What they may not do is not there. */
export default function Office({ session }: { session: Session }) {
  const { page } = useRoute();
  const open = pagesOf(session);
  const shown = open.find((one) => one === page) ?? open[0] ?? 'me';
  const Shown = contents[shown] ?? Me;
  const search = useRef<HTMLInputElement>(null);
  const finds = may(session, 'organization.read');
  return (
    <Theme>
      <SessionProvider value={session}>
        <OutboxProvider session={session}>
          <Frame
            search={finds && <BarSearch input={search} />}
            tools={
              <>
                <BarKeys search={search} />
                <Who session={session} />
              </>
            }
          >
            <div className="office">
              <Navigation pages={open} shown={shown} />
              <div className="work">
                <div className="page">
                  <Suspense fallback={<Rows count={6} />}>
                    <Shown />
                  </Suspense>
                </div>
                <Undo />
              </div>
            </div>
          </Frame>
        </OutboxProvider>
      </SessionProvider>
    </Theme>
  );
}

/** The pages that are there for somebody, the first one first. */
export function pagesOf(session: Session): Page[] {
  const pages: Page[] = [];
  if (may(session, 'account.read')) pages.push('accounts');
  if (may(session, 'organization.read')) pages.push('tasks', 'organizations', 'verification');
  if (may(session, 'organization.write')) pages.push('imports');
  if (may(session, 'audit.read')) pages.push('audit');
  return [...pages, 'me', 'sessions', 'tokens'];
}

function Who({ session }: { session: Session }) {
  const { display_name } = session.account;
  return (
    <a className="button plain who" href="#/me">
      <span className="portrait" aria-hidden="true">
        {[...display_name][0]}
      </span>
      <span className="who-name">{display_name}</span>
    </a>
  );
}
