import type { PageStore, Step } from './store';
import type { State } from './url';

/**
 * The state of the page as of its second day: what shows that day reads and changes this one as if it were the page's.
 * Of two maps only the first one says where the page looks.
 */
export class DayStore implements PageStore {
  #of: State | null = null;
  #state: State | null = null;

  constructor(private readonly page: PageStore) {}

  get = (): State => {
    const state = this.page.get();
    if (state !== this.#of || this.#state === null) {
      this.#of = state;
      this.#state = { ...state, datetime: state.swipe?.day ?? null };
    }
    return this.#state;
  };

  set(change: Partial<State>, step?: Step): void {
    const { view: _, datetime, ...own } = change;
    const { swipe } = this.page.get();
    // A division that the second day lacks stays chosen on the first.
    if (own.division === null) delete own.division;
    if (datetime !== undefined && swipe !== null) own.swipe = { ...swipe, day: datetime };
    if (Object.keys(own).length > 0) this.page.set(own, step);
  }

  subscribe = (listener: () => void): (() => void) => this.page.subscribe(listener);

  onReturn(listener: (state: State) => void): () => void {
    return this.page.onReturn(() => listener(this.get()));
  }
}
