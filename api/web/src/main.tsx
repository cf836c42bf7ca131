import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { newClient, ProblemError } from './api/client';
import { App } from './app';
import { languageOf, newTexts } from './i18n';
import type { MapController } from './map/controller';
import { ServicesProvider } from './services';
import { Cell } from './state/cell';
import { Store } from './state/store';
import { Tools } from './state/tools';
import { Failsafe } from './ui/Failsafe';
import './style/maplibre.css';
import './style/page.css';
import './style/panel.css';
import './style/map.css';
import './style/narrow.css';

const store = new Store(window);
const texts = newTexts(languageOf(store.get().lang, localStorage.getItem('language')));
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Numbers are live: events say when they are old, not the clock.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (times, error) => times < 2 && !(error instanceof ProblemError && error.status < 500),
    },
  },
});
const services = {
  store,
  client: newClient(window.location.origin),
  map: new Cell<MapController | null>(null),
  live: new Cell(true),
  tools: new Tools(),
  missing: new Cell<string | null>(null),
};

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
