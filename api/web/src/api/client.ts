import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Organization = components['schemas']['Organization'];
export type OrganizationVersion = components['schemas']['OrganizationVersion'];
export type OrganizationSummary = components['schemas']['OrganizationSummary'];
export type OrganizationList = components['schemas']['OrganizationList'];
export type Division = components['schemas']['Division'];
export type DivisionDetail = components['schemas']['DivisionDetail'];
export type DivisionHistory = components['schemas']['DivisionHistory'];
export type DivisionCounts = components['schemas']['DivisionCounts'];
export type ReportSummary = components['schemas']['ReportSummary'];
export type DivisionShape = components['schemas']['DivisionShape'];
export type SearchHit = components['schemas']['SearchHit'];
export type BaseMap = components['schemas']['BaseMap'];
export type TileJSON = components['schemas']['TileJSON'];
export type ChangeEvent = components['schemas']['ChangeEvent'];
type Problem = components['schemas']['Problem'];

/** An answer that is not the one asked for; its message is the server's sentence. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem> | undefined,
  ) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.name = 'ProblemError';
  }
}

export type Client = ReturnType<typeof newClient>;

/** The typed client of the server that served the page. */
export function newClient(origin: string) {
  return createClient<paths>({ baseUrl: origin });
}

/** The data of an answer, or a ProblemError. */
export async function unwrap<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer;
  if (data === undefined) throw new ProblemError(response.status, asProblem(error));
  return data;
}

function asProblem(error: unknown): Partial<Problem> | undefined {
  return typeof error === 'object' && error !== null ? (error as Partial<Problem>) : undefined;
}
