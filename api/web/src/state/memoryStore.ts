import { Cell } from './cell';
import type { PageStore } from './store';
import { initialState, type State } from './url';

/** The state of a map that is a part of a page, and that no address holds. */
export class MemoryStore implements PageStore {
  readonly #state: Cell<State>;

  constructor(state: Partial<State> = {}) {
    this.#state = new Cell({ ...initialState, ...state });
  }

  get = (): State => this.#state.get();

  set(change: Partial<State>): void {
    this.#state.set({ ...this.get(), ...change });
  }

  subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  /** Nothing returns to a state that no history holds. */
  onReturn(): () => void {
    return () => {};
  }
}
