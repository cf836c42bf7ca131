import createClient from 'openapi-fetch';
import { ProblemError } from '../../api/client';
import type { paths } from '../../api/schema';
import type { Cell } from '../../state/cell';
import type { Reach } from './contract';

export type ConsoleClient = ReturnType<typeof newConsoleClient>;

/**
 * The typed client of the server that served the page; what it writes bears the session's proof against forgery. It keeps the
 * position of its last write in written: lists that read from there on have what was written.
 */
export function newConsoleClient(origin: string, proof: Cell<string | null>, written: Cell<string | null>) {
  // The session's cookie says who asks; nothing of what it opens may stay in the browser's cache.
  const client = createClient<paths>({ baseUrl: origin, cache: 'no-store' });
  client.use({
    onRequest({ request }) {
      const token = proof.get();
      if (token !== null && request.method !== 'GET') request.headers.set('X-CSRF-Token', token);
      return request;
    },
    onResponse({ request, response }) {
      const position = response.headers.get('Jingwei-Position');
      if (request.method !== 'GET' && position !== null) written.set(position);
    },
  });
  return client;
}

/** A refusal, with the seconds after which the server wants to be asked again. */
export class Refusal extends ProblemError {
  readonly retryAfter: number | null;

  constructor(response: Response, error: unknown) {
    super(response.status, typeof error === 'object' && error !== null ? error : undefined);
    const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
    this.retryAfter = seconds > 0 ? seconds : null;
  }

  /** The last part of the problem's type, such as "sign-in". */
  get slug(): string {
    return this.problem?.type?.replace(/^\/problems\//, '') ?? '';
  }
}

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or a Refusal. */
export async function unwrap<T>(answer: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (data === undefined) throw new Refusal(response, error);
  return data;
}

/** Waits for an answer that has no content; a refusal is thrown. */
export async function settle(answer: Promise<Answered<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw new Refusal(response, error);
}

/** Whether what was asked for does not exist, or not for whoever asks. */
export function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.status === 404;
}

/** Asks for what those see who look after it, not for what everyone sees. */
export const internal = { edition: 'internal' } as const;

/** The header of a write to what one knows in a version. */
export function ifMatch(version: number) {
  return { 'If-Match': `"${version}"` };
}

/** The parameter that keeps a list to where something may be done; none for everywhere. */
export function within({ all, roots }: Reach): { organization?: string } {
  return all || roots.length === 0 ? {} : { organization: roots.join(',') };
}

/** How a list is read page by page: each page tells where the next one begins. */
export const paged = {
  initialPageParam: '',
  getNextPageParam: (last: { next?: string | null }) => last.next ?? undefined,
};

/** The parameter of a page that begins somewhere; none for the first one. */
export function pageAt(cursor: string): { cursor?: string } {
  return cursor === '' ? {} : { cursor };
}
