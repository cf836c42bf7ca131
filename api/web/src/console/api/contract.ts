/** Names for the shapes of the interface that the console uses. */
import type { components, paths } from '../../api/schema';

type Schemas = components['schemas'];

export type Id = number;
export type Account = Schemas['Account'];
export type Grant = Schemas['Grant'];
export type Role = Schemas['Role'];
export type OpenSession = Schemas['OwnSessionList']['items'][number];
export type Token = Schemas['Token'];
export type LinkInfo = Schemas['LinkPurpose'];
export type OneTimeLink = Schemas['OneTimeLink'];
export type AuditEntry = Schemas['AuditEntry'];
export type AuditQuery = NonNullable<paths['/api/audit']['get']['parameters']['query']>;
export type Action = keyof Schemas['Session']['actions'];
/** Where an action may be done. */
export type Reach = Schemas['ActionScope'];

/** The session of somebody with an account: a browser has no other. */
export type Session = Schemas['Session'] & { account: Account };

type Body<Operation> = Operation extends { requestBody: { content: { 'application/json': infer T } } }
  ? T
  : never;
export type GrantInput = Schemas['GrantInput'];
export type AccountInput = Body<paths['/api/accounts']['post']>;
export type AccountChange = Body<paths['/api/accounts/{id}']['put']>;
export type TokenInput = Body<paths['/api/tokens']['post']>;
export type LinkRedemption = Body<paths['/api/links/redeem']['post']>;

/** All roles, in the order in which they are shown. */
export const roles = [
  'registrar',
  'reviewer',
  'report_officer',
  'analyst',
  'publisher',
  'duty_officer',
  'administrator',
] as const satisfies readonly Role[];

export type OrganizationNode = Schemas['OrganizationNode'];
/** An organization with all that is said of it. */
export type OrganizationDetail = Schemas['Organization'];
/** The verification of a location. */
export type Verification = Schemas['Verification'];
export type LocationState = Schemas['LocationState'];
export type LocationStep = Schemas['LocationStep'];
export type LocationItem = Schemas['LocationItem'];
export type LocationMove = Schemas['LocationMove'];
export type FindingCode = Schemas['LocationFinding']['code'];
export type LocationQuery = NonNullable<paths['/api/verification']['get']['parameters']['query']>;
export type OrganizationInput = Body<paths['/api/organizations']['post']>;

/** One write to an organization, with what it changed. */
export type OrganizationWrite = Schemas['OrganizationWrite'];
export type OrganizationChange = Schemas['OrganizationChange'];
export type Plan = Schemas['PlanList']['items'][number];
export type OrganizationSuccession = Schemas['OrganizationSuccession'];
/** What a merge or a split did, or would do. */
export type Reorganization = Schemas['Reorganization'];
export type MergeInput = Body<paths['/api/organizations/merge']['post']>;
export type SplitInput = Body<paths['/api/organizations/split']['post']>;
/** Changes of the same members of many organizations, and what became of each. */
export type BulkInput = Body<paths['/api/organizations/bulk']['post']>;
export type BulkSet = BulkInput['set'];
export type BulkOutcome = Schemas['OrganizationChanges'];
export type Problem = Schemas['Problem'];

/** What an organization is asked for. */
export type Task = Schemas['Task'];
export type TaskState = Task['state'];
export type Ask = Schemas['Ask'];
export type AskedField = Schemas['AskedField'];
export type AskOutcome = Schemas['AskOutcome'];
export type AskInput = Body<paths['/api/asks']['post']>;

/** All fields that can be asked for, with the minutes that answering takes. */
export const askedFields: readonly (readonly [AskedField, number])[] = [
  ['short_name', 0.5],
  ['address', 1],
  ['phone', 0.5],
  ['uscc', 1],
  ['location', 3],
  ['jurisdiction', 10],
];
