/** What an organization can be set to; it is retired otherwise. */
export const statuses = ['active', 'draft', 'submitted'] as const;
/** The levels of organizations, the widest first. */
export const levels = ['province', 'prefecture', 'county', 'township', 'village'] as const;
