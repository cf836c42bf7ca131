/**
 * Asks one question at a time, and always the newest next: what was asked meanwhile and has been overtaken is never sent.
 * So many answers arrive as the server gives, however fast questions come.
 */
export class Latest<Q, A> {
  #next: { question: Q } | null = null;
  #flight: AbortController | null = null;

  constructor(
    private readonly ask: (question: Q, signal: AbortSignal) => Promise<A>,
    private readonly told: (question: Q, answer: A) => void,
    private readonly failed: (error: unknown) => void,
    /** Milliseconds from one question to the next, at least. */
    private readonly every = 0,
  ) {}

  /** Asks now, or as soon as the question under way is answered. */
  put(question: Q): void {
    this.#next = { question };
    if (!this.#flight) void this.#run();
  }

  /** Forgets what was asked: no answer arrives any more. */
  cancel(): void {
    this.#next = null;
    this.#flight?.abort();
    this.#flight = null;
  }

  async #run(): Promise<void> {
    const flight = new AbortController();
    this.#flight = flight;
    while (this.#next && !flight.signal.aborted) {
      const { question } = this.#next;
      this.#next = null;
      const earliest = performance.now() + this.every;
      await this.#one(question, flight.signal);
      await until(earliest);
    }
    if (this.#flight === flight) this.#flight = null;
  }

  async #one(question: Q, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.ask(question, signal);
      if (!signal.aborted) this.told(question, answer);
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    }
  }
}

async function until(time: number): Promise<void> {
  const left = time - performance.now();
  if (left > 0) await new Promise((done) => setTimeout(done, left));
}
