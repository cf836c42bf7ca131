/** Work that is started once: asked for again while it goes on, as by a double click, it is the same work. */
export class Underway<T> {
  readonly #runs = new Map<string, Promise<T>>();

  /** Starts the work that the key names, or answers with what of it goes on. */
  run(key: string, start: () => Promise<T>): Promise<T> {
    const before = this.#runs.get(key);
    if (before) return before;
    const run = start().finally(() => this.#runs.delete(key));
    this.#runs.set(key, run);
    return run;
  }
}
