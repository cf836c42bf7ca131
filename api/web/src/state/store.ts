import { useSyncExternalStore } from 'react';
import { formatState, isTooLong, parseArea, parseState, type State } from './url';

/** Whether a change is a step that Back undoes. */
export type Step = 'push' | 'replace';

/**
 * The state of the page, kept in its address. A pushed change starts a new entry of the history; the view of the
 * map is replaced within the entry, so that Back returns to where one was.
 */
export class Store {
  #state: State;
  readonly #listeners = new Set<() => void>();
  readonly #returns = new Set<(state: State) => void>();

  constructor(private readonly window: Window) {
    this.#state = this.#read();
    window.addEventListener('popstate', this.#onPop);
  }

  get = (): State => this.#state;

  set(change: Partial<State>, step: Step = 'push'): void {
    const { area } = this.#state;
    this.#state = { ...this.#state, ...change };
    const url = this.window.location.pathname + formatState(this.#state);
    const current = this.window.location.pathname + this.window.location.search + this.window.location.hash;
    if (url !== current || area !== this.#state.area) {
      if (step === 'push') this.window.history.pushState(this.#kept(), '', url);
      else this.window.history.replaceState(this.#kept(), '', url);
    }
    this.#notify();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls back when Back or Forward, or an edited address, brought another state. */
  onReturn(listener: (state: State) => void): () => void {
    this.#returns.add(listener);
    return () => this.#returns.delete(listener);
  }

  close(): void {
    this.window.removeEventListener('popstate', this.#onPop);
  }

  #onPop = (): void => {
    this.#state = this.#read();
    this.#notify();
    for (const listener of this.#returns) listener(this.#state);
  };

  /** What an entry of the history holds beside its address: an area that is too long for a link. */
  #kept(): { area: string } | null {
    const { area } = this.#state;
    return area !== null && isTooLong(area) ? { area } : null;
  }

  #read(): State {
    const state = parseState(this.window.location.search, this.window.location.hash);
    const kept = this.window.history.state as { area?: unknown } | null;
    return { ...state, area: state.area ?? parseArea(kept?.area) };
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The state of the page as components see it: that of the address, or of the second day beside it. */
export type PageStore = Pick<Store, 'get' | 'set' | 'subscribe' | 'onReturn'>;

/** The part of the state that a component shows; it renders again only when that part differs. */
export function useStore<T>(store: PageStore, select: (state: State) => T): T {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
