/** How a kind of organization is drawn: colour and shape, since colour alone does not reach everyone. */
export interface Mark {
  colour: string;
  shape: Shape;
}

export const shapes = ['circle', 'square', 'triangle', 'diamond', 'hexagon', 'cross', 'ring'] as const;
export type Shape = (typeof shapes)[number];

/** The Okabe-Ito palette, in the order of its contrast on the warm grey land. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#4d4d4d'] as const;

/** The usual kinds first, so that they keep their marks whatever else a data set holds. */
const usual = [
  'village_committee',
  'residents_committee',
  'party_branch',
  'party_committee',
  'general_branch',
] as const;

/** Sorts kinds: the usual ones in their order, then the others by name. */
export function sortKinds(kinds: Iterable<string>): string[] {
  const rank = (kind: string) => {
    const at = (usual as readonly string[]).indexOf(kind);
    return at < 0 ? usual.length : at;
  };
  return [...new Set(kinds)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The mark of a kind among the kinds of the data set; from the seventh on they share the last one. */
export function markOf(kind: string, kinds: readonly string[]): Mark {
  const at = kinds.indexOf(kind);
  const index = at < 0 ? palette.length - 1 : Math.min(at, palette.length - 1);
  return { colour: palette[index] ?? '#4d4d4d', shape: shapes[index] ?? 'ring' };
}
