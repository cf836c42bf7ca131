import type { AuditEntry } from '../api/contract';

/** What is done often enough to be chosen from a list; other actions stand in the table as they are called. */
export const auditActions = [
  'sign-in',
  'sign-in.failed',
  'session.end',
  'password.change',
  'link.create',
  'link.redeem',
  'account.create',
  'account.replace',
  'account.rename',
  'account.disable',
  'account.enable',
  'account.end-access',
  'account.hand-over',
  'account.take-over',
  'account.read',
  'grant.create',
  'grant.end',
  'grant.claim',
  'token.create',
  'token.end',
  'organization.create',
  'organization.replace',
  'organization.retire',
  'organization.restore',
  'organization.cancel',
  'organization.undo',
  'organization.merge',
  'organization.split',
  'location.step',
  'organization.read',
  'organization.add-photo',
  'organization.remove-photo',
  'organization.restore-photo',
  'organization.import',
  'organization.load',
  'division.import',
  'succession.import',
  'report.read',
  'report.load',
  'grid.load',
  'audit.read',
  'ask.create',
  'ask.withdraw',
  'task.answer',
  'load.interrupted',
  'import.upload',
  'import.map',
  'import.check',
  'import.run',
  'import.pause',
  'import.undo',
  'import.delete',
  'import.fail',
  'organization.import-undo',
] as const;
type AuditAction = (typeof auditActions)[number];

/** Kinds of objects that have a name here. */
export const auditKinds = [
  'account',
  'organization',
  'report',
  'grid',
  'division',
  'succession',
  'import',
  'ask',
  'task',
] as const;

export function isAuditAction(action: string): action is AuditAction {
  return auditActions.some((known) => known === action);
}

/** An object as the interface is asked for it, account:12; "" for none. */
export function objectName({ object }: Pick<AuditEntry, 'object'>): string {
  if (object === null) return '';
  return object.id === null ? object.kind : `${object.kind}:${object.id}`;
}
