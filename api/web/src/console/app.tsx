import { lazy, Suspense, useEffect } from 'react';
import { useForgetting, useSession } from './api/session';
import { useTexts } from './services';
import { useRoute } from './state/route';
import { Frame } from './ui/Frame';
import { LinkPage } from './ui/LinkPage';
import { PasswordChange } from './ui/PasswordChange';
import { Sentence } from './ui/Sentence';
import { SignIn } from './ui/SignIn';

const Office = lazy(() => import('./office/Office'));

/** The console: what one sees depends on the link that one came with, and on who is signed in. */
export function App() {
  const { t } = useTexts();
  const { page, item } = useRoute();
  const session = useSession();
  useForgetting();
  useEffect(() => {
    document.title = t('title');
  }, [t]);
  if (page === 'link' && item !== null) {
    return (
      <Frame>
        <LinkPage key={item} secret={item} />
      </Frame>
    );
  }
  if (session.isPending) return <Waiting />;
  if (session.isError && session.data === undefined) {
    return (
      <Frame>
        <section className="gate">
          <div className="notice alarm" role="alert">
            <Sentence error={session.error} />
          </div>
          <button type="button" className="button primary" onClick={() => void session.refetch()}>
            {t('problem.again')}
          </button>
        </section>
      </Frame>
    );
  }
  if (!session.data) {
    return (
      <Frame>
        <SignIn />
      </Frame>
    );
  }
  if (session.data.account.must_change) {
    return (
      <Frame>
        <PasswordChange session={session.data} />
      </Frame>
    );
  }
  return (
    <Suspense fallback={<Waiting />}>
      <Office session={session.data} />
    </Suspense>
  );
}

function Waiting() {
  const { t } = useTexts();
  return (
    <Frame>
      <section className="gate" aria-busy="true">
        <span className="visually-hidden" role="status">
          {t('loading')}
        </span>
        <div className="skeleton" aria-hidden="true">
          <span className="w60" />
          <span className="w90" />
          <span className="w75" />
        </div>
      </section>
    </Frame>
  );
}
