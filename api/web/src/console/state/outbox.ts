import { Cell } from '../../state/cell';
import { Refusal } from '../api/client';
import type { OrganizationDetail } from '../api/contract';
import type { Filled } from './registration';

/** Why a form was refused, as it is kept. */
export interface Refused {
  status: number;
  slug: string;
  field: string | null;
  detail: string;
}

/** A form of an organization as it is kept until it is registered. */
export interface Kept {
  /** Also the key by which its request is known. */
  id: string;
  /** What is altered, and the version that the form began from; null for a new organization. */
  organization: { id: number; version: number } | null;
  filled: Filled;
  /** When it was changed last, in milliseconds since 1970. */
  at: number;
  /** waiting: to be sent as soon as the server can be reached; refused: to be looked at. */
  state: 'draft' | 'waiting' | 'refused';
  refusal: Refused | null;
  /** Whether it was sent before, and its answer may have been lost. */
  tried: boolean;
}

/** What came of sending a form. */
export type Outcome =
  | { state: 'sent'; organization: OrganizationDetail }
  | { state: 'waiting' }
  | { state: 'refused'; refusal: Refused };

/** The fields in which a form differs from what it was. */
export function changedIn(was: Filled, is: Filled): Partial<Filled> {
  const fields = Object.keys(is) as (keyof Filled)[];
  return Object.fromEntries(
    fields
      .filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
      .map((name) => [name, is[name]]),
  );
}

/** Statuses with which the same request may succeed later: signed out, credentials renewed, too often, the server ailing. */
function passes(error: unknown): boolean {
  if (!(error instanceof Refusal)) return true;
  const { status, slug } = error;
  return status === 401 || slug === 'csrf' || status === 429 || status === 408 || status >= 500;
}

/**
 * Forms of an account that are not registered yet. Each change is kept at once, so that neither a killed tab nor a lost
 * connection takes any of it; what is to be sent is sent when the server can be reached.
 */
export class Outbox {
  readonly kept: Cell<readonly Kept[]>;
  /** The last one that was registered; null before. */
  readonly sent = new Cell<{ id: string; organization: OrganizationDetail } | null>(null);
  /** Whether the browser had no room for the last change. */
  readonly full = new Cell(false);
  readonly #prefix: string;
  #work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly storage: Storage,
    account: number,
    private readonly send: (kept: Kept) => Promise<OrganizationDetail>,
    private readonly now: () => number = Date.now,
  ) {
    this.#prefix = `registration:${account}:`;
    this.kept = new Cell<readonly Kept[]>(this.#readAll());
  }

  find(id: string): Kept | undefined {
    return this.kept.get().find((one) => one.id === id);
  }

  /** What a form has in store, be it that another window has just kept it there. */
  stored(id: string): Filled | null {
    return this.#read(this.#prefix + id)?.filled ?? null;
  }

  /** Keeps what is filled in now; a form that waited or was refused is a draft again. */
  keep(id: string, organization: Kept['organization'], filled: Filled): void {
    const tried = this.find(id)?.tried ?? false;
    this.#put({ id, organization, filled, at: this.now(), state: 'draft', refusal: null, tried });
  }

  /** Brings back what was dropped. */
  restore(kept: Kept): void {
    this.#put(kept);
  }

  drop(id: string): void {
    this.storage.removeItem(this.#prefix + id);
    this.kept.set(this.kept.get().filter((one) => one.id !== id));
  }

  /** Sends a form now, or as soon as that is possible. */
  submit(id: string): Promise<Outcome> {
    const kept = this.find(id);
    if (!kept) throw new Error('a form that is sent is kept before');
    this.#put({ ...kept, state: 'waiting', refusal: null });
    return this.#queue(id);
  }

  /** Sends all that waits. */
  async flush(): Promise<void> {
    for (const { id, state } of this.kept.get()) if (state === 'waiting') await this.#queue(id);
  }

  /** Reads anew what other windows of the account have kept. */
  reread = (): void => this.kept.set(this.#readAll());

  get waiting(): boolean {
    return this.kept.get().some(({ state }) => state === 'waiting');
  }

  /** One after the other, so that no form is sent twice at once. */
  #queue(id: string): Promise<Outcome> {
    const next = this.#work.then(() => alone(() => this.#sendOne(id)));
    this.#work = next.catch(() => {});
    return next;
  }

  async #sendOne(id: string): Promise<Outcome> {
    const { sent } = this;
    const kept = this.#read(this.#prefix + id);
    const last = sent.get();
    if (kept?.state !== 'waiting') {
      // Another call, or another window, was faster.
      return last?.id === id ? { state: 'sent', organization: last.organization } : { state: 'waiting' };
    }
    this.#put({ ...kept, tried: true });
    try {
      const organization = await this.send(kept);
      this.#settle(kept, organization);
      sent.set({ id, organization });
      return { state: 'sent', organization };
    } catch (error) {
      if (passes(error)) return { state: 'waiting' };
      const refusal = refusalOf(error as Refusal);
      this.#put({ ...kept, tried: true, state: 'refused', refusal });
      return { state: 'refused', refusal };
    }
  }

  /** What was filled in while it was on its way alters what it registered. */
  #settle({ id, at }: Kept, { id: stored, version }: OrganizationDetail): void {
    const now = this.#read(this.#prefix + id);
    if (now && now.at !== at) {
      this.#put({ ...now, organization: { id: stored, version }, tried: false });
    } else {
      this.drop(id);
    }
  }

  #put(kept: Kept): void {
    try {
      this.storage.setItem(this.#prefix + kept.id, JSON.stringify(kept));
      this.full.set(false);
    } catch {
      this.full.set(true);
    }
    const others = this.kept.get().filter((one) => one.id !== kept.id);
    this.kept.set([kept, ...others].sort((a, b) => b.at - a.at));
  }

  #read(key: string): Kept | null {
    try {
      return JSON.parse(this.storage.getItem(key) ?? 'null') as Kept | null;
    } catch {
      return null;
    }
  }

  #readAll(): Kept[] {
    const keys = Object.keys(this.storage).filter((key) => key.startsWith(this.#prefix));
    return keys.flatMap((key) => this.#read(key) ?? []).sort((a, b) => b.at - a.at);
  }
}

/** Of all windows of the browser only one sends at a time, where the browser can see to that. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work();
  return navigator.locks.request('jingwei registration', work) as Promise<T>;
}

function refusalOf({ status, slug, problem }: Refusal): Refused {
  return { status, slug, field: problem?.field ?? null, detail: problem?.detail ?? '' };
}
