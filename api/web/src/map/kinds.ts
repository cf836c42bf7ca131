/** How a kind of organization is drawn: colour and shape, since colour alone does not reach everyone. */
export interface Mark {
  colour: string;
  shape: Shape;
}

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'hexagon' | 'cross';

/** Okabe-Ito colours, the same as in the served style. */
const marks = {
  village: { colour: '#009e73', shape: 'circle' },
  residents: { colour: '#0072b2', shape: 'square' },
  party: { colour: '#cc79a7', shape: 'diamond' },
  economy: { colour: '#e69f00', shape: 'triangle' },
  service: { colour: '#56b4e9', shape: 'hexagon' },
  other: { colour: '#6f6a63', shape: 'cross' },
} as const satisfies Record<string, Mark>;

/** The usual kinds in the order of lists, with the group whose mark they carry. */
const usual = new Map<string, Mark>([
  ['village_committee', marks.village],
  ['residents_committee', marks.residents],
  ['local_committee', marks.party],
  ['working_committee', marks.party],
  ['party_committee', marks.party],
  ['general_branch', marks.party],
  ['branch', marks.party],
  ['joint_branch', marks.party],
  ['functional_branch', marks.party],
  ['temporary_branch', marks.party],
  ['mobile_branch', marks.party],
  ['retired_branch', marks.party],
  ['grid_branch', marks.party],
  ['collective_economy', marks.economy],
  ['service_centre', marks.service],
]);

const order = [...usual.keys()];

/** Sorts kinds: the usual ones in their order, then the others by name. */
export function sortKinds(kinds: Iterable<string>): string[] {
  const rank = (kind: string) => (usual.has(kind) ? order.indexOf(kind) : order.length);
  return [...new Set(kinds)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Whether a kind is one of the many of the party, which share a mark. */
export function isParty(kind: string): boolean {
  return markOf(kind) === marks.party;
}

/** The mark of a kind; kinds that operators add share one. */
export function markOf(kind: string): Mark {
  return usual.get(kind) ?? marks.other;
}
