import type { PageStore } from './store';
import { initialState, type State } from './url';

/** The state of a map that is a part of a page, and that no address holds. */
export class MemoryStore implements PageStore {
  #state: State;
  readonly #listeners = new Set<() => void>();

  constructor(state: Partial<State> = {}) {
    this.#state = { ...initialState, ...state };
  }

  get = (): State => this.#state;

  set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Nothing returns to a state that no history holds. */
  onReturn(): () => void {
    return () => {};
  }
}
