import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { languageOf, newTexts } from '../i18n';
import { Cell } from '../state/cell';
import { Failsafe } from '../ui/Failsafe';
import { newConsoleClient, Refusal } from './api/client';
import { forgetSession, hintKey } from './api/session';
import { App } from './app';
import { en } from './i18n/en';
import { zh } from './i18n/zh';
import { ServicesProvider } from './services';
import { Places } from './state/route';
import { Undoing } from './state/undo';
import './style/console.css';

const wanted = new URLSearchParams(window.location.search).get('lang');
const link = wanted === 'zh' || wanted === 'en' ? wanted : null;
const texts = newTexts(languageOf(link, localStorage.getItem('language')));
texts.addResourceBundle('zh', 'console', zh);
texts.addResourceBundle('en', 'console', en);
const proof = new Cell<string | null>(null);
const written = new Cell<string | null>(null);

/** A session that ended elsewhere ends here: the page asks to sign in, and keeps its place. */
const onError = (error: unknown) => {
  if (error instanceof Refusal && error.status === 401 && error.slug !== 'sign-in') forgetSession(queries);
};
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (times, error) => times < 2 && !(error instanceof Refusal && error.status < 500),
    },
  },
});
const services = {
  client: newConsoleClient(window.location.origin, proof, written),
  proof,
  written,
  places: new Places(window),
  undoing: new Undoing(),
};

// Whoever comes back from a provider with a failure is not signed in: there is no session to ask for.
if (services.places.get().page === 'sign-in') localStorage.removeItem(hintKey);

const root = document.getElementById('root');
if (!root) throw new Error('the page has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={texts}>
      <Failsafe>
        <QueryClientProvider client={queries}>
          <ServicesProvider value={services}>
            <App />
          </ServicesProvider>
        </QueryClientProvider>
      </Failsafe>
    </I18nextProvider>
  </StrictMode>,
);
