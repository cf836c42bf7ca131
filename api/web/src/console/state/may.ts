import { plusDays } from '../../format/day';
import type { Action, Grant, Reach, Session } from '../api/contract';

/** One for all sessions: what is remembered by it does not change. */
const nowhere: Reach = { all: false, roots: [] };

/** Where the action may be done. */
export function reachOf({ actions }: Pick<Session, 'actions'>, action: Action): Reach {
  return actions[action] ?? nowhere;
}

/** Whether the action may be done anywhere at all. */
export function may(session: Pick<Session, 'actions'>, action: Action): boolean {
  const { all, roots } = reachOf(session, action);
  return all || roots.length > 0;
}

/** Whether the action may be done everywhere. */
export function mayEverywhere(session: Pick<Session, 'actions'>, action: Action): boolean {
  return reachOf(session, action).all;
}

/**
 * The organization that a new account most likely is for: the only one that one looks after, else none. Somebody who
 * looks after all of them has to choose.
 */
export function likelyOrganization({ actions, grants }: Session): { id: number; name: string } | null {
  const reach = actions['account.write'];
  if (!reach || reach.all || reach.roots.length !== 1) return null;
  const root = reach.roots[0];
  return grants.find((grant) => grant.organization?.id === root)?.organization ?? null;
}

/** The last day of one's own grants as an administrator: what one grants ends by then; null when they have no end. */
export function lastOwnDay(grants: readonly Grant[]): string | null {
  const ends = grants.filter((grant) => grant.role === 'administrator').map((grant) => grant.valid_to);
  if (ends.includes(null)) return null;
  const last = ends
    .filter((end) => end !== null)
    .sort()
    .at(-1);
  return last === undefined ? null : plusDays(last, -1);
}
