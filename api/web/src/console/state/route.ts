import { useSyncExternalStore } from 'react';
import { useServices } from '../services';

/** The pages of the console. */
export const pages = [
  'me',
  'accounts',
  'tasks',
  'organizations',
  'audit',
  'sessions',
  'tokens',
  'link',
  'sign-in',
] as const;
export type Page = (typeof pages)[number];

/** Where one is: all of it stands in the address, behind its #. */
export interface Route {
  /** null: the page that one begins with. */
  page: Page | null;
  /** What is open on the page: the id of an account, "new", the secret of a link. */
  item: string | null;
  /** What the page is filtered by. */
  query: Readonly<Record<string, string>>;
}

/** Reads what stands behind the # of an address; what it does not understand it leaves out. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name = '', item = ''] = path.split('/');
  const page = pages.find((known) => known === name) ?? null;
  const query = Object.fromEntries([...new URLSearchParams(search)].filter(([, value]) => value !== ''));
  return {
    page,
    item: page === null || item === '' ? null : decoded(item),
    query: page === null ? {} : query,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Writes an address, from its # on. */
export function formatRoute({ page, item = null, query = {} }: Partial<Route>): string {
  if (!page) return '#/';
  const filled = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(filled).toString();
  return `#/${page}${item === null ? '' : `/${encodeURIComponent(item)}`}${search === '' ? '' : `?${search}`}`;
}

/** The number in a filter or an item; null for anything that is not an id. */
export function idIn(text: string | null | undefined): number | null {
  const id = Number(text ?? Number.NaN);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** Where one is, as the browser's address says it. */
export class Places {
  #route: Route;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly window: Window) {
    this.#route = parseRoute(window.location.hash);
    window.addEventListener('hashchange', this.#read);
    window.addEventListener('popstate', this.#read);
  }

  get = (): Route => this.#route;

  /** Goes somewhere; a replaced address is no step that Back returns to. */
  go(route: Partial<Route>, step: 'push' | 'replace' = 'push'): void {
    const { pathname, search, hash } = this.window.location;
    const next = formatRoute(route);
    if (next !== hash) {
      if (step === 'push') this.window.history.pushState(null, '', pathname + search + next);
      else this.window.history.replaceState(null, '', pathname + search + next);
    }
    this.#read();
  }

  /** Changes the filter of the page; an empty text takes a condition away. */
  filter(change: Record<string, string>): void {
    this.go({ ...this.#route, query: { ...this.#route.query, ...change } }, 'replace');
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #read = (): void => {
    this.#route = parseRoute(this.window.location.hash);
    for (const listener of this.#listeners) listener();
  };
}

export function useRoute(): Route {
  const { places } = useServices();
  return useSyncExternalStore(places.subscribe, places.get);
}
