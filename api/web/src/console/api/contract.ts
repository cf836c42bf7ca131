/** The shapes of the interface that the console uses beside those of the map. */

export type Id = number;

export const roles = [
  'registrar',
  'reviewer',
  'report_officer',
  'analyst',
  'publisher',
  'duty_officer',
  'administrator',
] as const;
export type Role = (typeof roles)[number];

export type Action =
  | 'organization.read'
  | 'organization.write'
  | 'report.read'
  | 'account.read'
  | 'account.write'
  | 'grant.write'
  | 'audit.read';

/** An organization that something belongs to; null for none, or for all. */
export type Owner = { id: Id; name: string } | null;

export interface Account {
  id: Id;
  version: number;
  name: string;
  display_name: string;
  organization: Owner;
  disabled: boolean;
  must_change: boolean;
  has_password: boolean;
  created_at: string;
  signed_in_at: string | null;
}

export interface Grant {
  id: Id;
  role: Role;
  organization: Owner;
  valid_from: string;
  /** The first day on which it no longer holds. */
  valid_to: string;
  source: 'grant' | 'oidc';
  created_by: string;
}

export interface GrantInput {
  role: Role;
  organization: Id | null;
  valid_from: string;
  valid_to: string;
}

/** Where an action may be done. */
export interface Reach {
  all: boolean;
  roots: Id[];
}

export interface Session {
  account: Account;
  grants: Grant[];
  actions: Partial<Record<Action, Reach>>;
  csrf_token: string | null;
  session_id: Id | null;
  via: 'session' | 'token' | 'operator';
}

export interface Provider {
  name: string;
  title: string;
}

export interface SignIn {
  password: boolean;
  providers: Provider[];
  /** No account exists yet. */
  first: boolean;
}

export interface OpenSession {
  id: Id;
  created_at: string;
  seen_at: string;
  expires_at: string;
  address: string;
  agent: string;
  current: boolean;
}

export interface Token {
  id: Id;
  name: string;
  read_only: boolean;
  grants: Id[] | null;
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
}

export interface TokenInput {
  name: string;
  read_only: boolean;
  grants: Id[] | null;
  expires_in_days: number;
}

export interface LinkInfo {
  purpose: 'first' | 'invite' | 'recovery';
  account_name: string;
  expires_at: string;
}

export interface LinkRedemption {
  link: string;
  password: string;
  name?: string;
  display_name?: string;
}

/** A one-time link, shown once. */
export interface OneTimeLink {
  url: string;
  expires_at: string;
}

export interface AccountInput {
  name: string;
  display_name: string;
  organization: Id | null;
  grants: GrantInput[];
}

export interface AccountChange {
  display_name: string;
  organization: Id | null;
  disabled: boolean;
}

export interface OrganizationNode {
  id: Id;
  name: string;
  kind: string;
  level: string;
  status: string;
  children: number;
}

export interface AuditEntry {
  id: Id;
  at: string;
  actor: string;
  via: string;
  address: string;
  action: string;
  object: string;
  organization: Owner;
  before: unknown;
  after: unknown;
  request_id: string;
  sealed: boolean;
}

interface Page<T> {
  items: T[];
  next?: string | null;
}

interface Answer<T> {
  headers: { [name: string]: unknown };
  content: T extends undefined ? never : { 'application/json': T };
}

type Operation<Path, Query, Body, Status extends number, T> = {
  parameters: { header?: never; cookie?: never } & ([Path] extends [never]
    ? { path?: never }
    : { path: Path }) &
    ([Query] extends [never] ? { query?: never } : { query?: Query });
  responses: { [S in Status]: Answer<T> };
} & ([Body] extends [never]
  ? { requestBody?: never }
  : { requestBody: { content: { 'application/json': Body } } });

type Read<T, Query = never, Path = never> = Operation<Path, Query, never, 200, T>;
type Send<Body, T, Status extends number = 200, Path = never> = Operation<Path, never, Body, Status, T>;
type Remove<Path = never> = Operation<Path, never, never, 204, undefined>;
interface One {
  id: Id;
}

export interface ConsolePaths {
  '/api/sign-in': { get: Read<SignIn> };
  '/api/session': {
    get: Read<Session>;
    post: Send<{ name: string; password: string }, Session>;
    delete: Remove;
  };
  '/api/session/password': { put: Send<{ current: string; new: string }, undefined, 204> };
  '/api/session/profile': { put: Send<{ display_name: string }, Account> };
  '/api/sessions': { get: Read<{ items: OpenSession[] }> };
  '/api/sessions/{id}': { delete: Remove<One> };
  '/api/tokens': {
    get: Read<{ items: Token[] }>;
    post: Send<TokenInput, { token: string; item: Token }, 201>;
  };
  '/api/tokens/{id}': { delete: Remove<One> };
  '/api/links/inspect': { post: Send<{ link: string }, LinkInfo> };
  '/api/links/redeem': { post: Send<LinkRedemption, Session> };
  '/api/accounts': {
    get: Read<Page<Account>, { q?: string; organization?: Id; limit?: number; cursor?: string }>;
    post: Send<AccountInput, { account: Account; link: OneTimeLink }, 201>;
  };
  '/api/accounts/{id}': {
    get: Read<Account, never, One>;
    put: Send<AccountChange, Account, 200, One>;
  };
  '/api/accounts/{id}/recovery': { post: Send<never, OneTimeLink, 201, One> };
  '/api/accounts/{id}/handover': { post: Send<{ to: Id }, undefined, 204, One> };
  '/api/accounts/{id}/sessions': { delete: Remove<One> };
  '/api/accounts/{id}/grants': {
    get: Read<{ items: Grant[] }, never, One>;
    post: Send<GrantInput, Grant, 201, One>;
  };
  '/api/accounts/{id}/grants/{grant}': { delete: Remove<One & { grant: Id }> };
  '/api/organizations/children': {
    get: Read<
      Page<OrganizationNode> & { numberMatched: number },
      { parent?: Id; limit?: number; cursor?: string; edition?: 'internal' }
    >;
  };
  '/api/audit': { get: Read<Page<AuditEntry>, AuditQuery> };
}

export interface AuditQuery {
  from?: string;
  to?: string;
  actor?: string;
  action?: string;
  object?: string;
  organization?: Id;
  limit?: number;
  cursor?: string;
}
