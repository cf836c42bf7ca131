import type { OrganizationDetail, OrganizationInput } from '../api/contract';

/** An organization by its number and name. */
export interface Known {
  id: number;
  name: string;
}

/** Where an organization is, and how that is known. Degrees of WGS84, longitude first. */
export interface Place {
  lng: number;
  lat: number;
  /** Code list location_source. */
  source: string;
  /** Metres; 0 for unknown. */
  accuracy: number;
  /** The system in which it came. */
  crs: string;
  /** What was pasted or typed for it. */
  text: string;
}

export interface NamedDivision {
  code: string;
  name: string;
}

export type Area = NonNullable<OrganizationDetail['jurisdiction']>;

/** What is filled in so far. */
export interface Filled {
  name: string;
  kind: string;
  level: string;
  /** null: none; undefined: not chosen yet. */
  parent: Known | null | undefined;
  place: Place | null;
  /** What stands in the field of the place, whether it could be read or not. */
  typed: string;
  /** The system chosen for numbers that do not say theirs; null for none. */
  system: string | null;
  division: NamedDivision | null;
  short_name: string;
  code: string;
  uscc: string;
  address: string;
  phone: string;
  status: OrganizationDetail['status'];
  jurisdiction: Area | null;
  /** What a person chose, and nothing is to choose for them any more. */
  own: readonly string[];
}

export const emptyForm: Filled = {
  name: '',
  kind: '',
  level: '',
  parent: undefined,
  place: null,
  typed: '',
  system: null,
  division: null,
  short_name: '',
  code: '',
  uscc: '',
  address: '',
  phone: '',
  status: 'active',
  jurisdiction: null,
  own: [],
};

/** An organization as a form shows it. */
export function filledFrom(o: OrganizationDetail, parent: Known | null): Filled {
  const [lng = 0, lat = 0] = o.location;
  return {
    name: o.name,
    kind: o.kind,
    level: o.level,
    parent,
    place: {
      lng,
      lat,
      source: o.location_source,
      accuracy: o.location_accuracy_m,
      crs: o.source_crs,
      text: '',
    },
    typed: '',
    system: null,
    division: { code: o.division, name: '' },
    short_name: o.short_name,
    code: o.code,
    uscc: o.uscc,
    address: o.address,
    phone: o.phone,
    status: o.status,
    jurisdiction: o.jurisdiction,
    own: ['kind', 'level', 'parent', 'division'],
  };
}

/** How many corners an area has. */
export function cornersOf({ coordinates }: Area): number {
  const rings = (coordinates as number[][][][]).flat();
  return rings.reduce((sum, ring) => sum + Math.max(ring.length - 1, 0), 0);
}

/** Degrees as they are kept: to 1e-7. */
export function rounded(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}

/** What a form lacks before it can be sent, in the order of its fields. */
export function missing({ name, kind, level, parent, place, division }: Filled): string[] {
  return [
    name.trim() === '' && 'name',
    kind === '' && 'kind',
    parent === undefined && 'parent',
    kind !== '' && parent !== undefined && level === '' && 'level',
    place === null && 'place',
    place !== null && division === null && 'division',
  ].filter((field) => field !== false);
}

const usccDigits = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** What is wrong with a unified social credit code (GB 32100): its shape or its check character; null for nothing, as for "". */
export function usccFault(text: string): 'shape' | 'check' | null {
  const code = text.trim().toUpperCase();
  if (code === '') return null;
  const values = [...code].map((character) => usccDigits.indexOf(character));
  if (values.length !== 18 || values.includes(-1)) return 'shape';
  let [sum, weight] = [0, 1];
  for (const value of values.slice(0, 17)) {
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return (31 - (sum % 31)) % 31 === values[17] ? null : 'check';
}

/** The request that a form makes. The place is sent as it is known here, in WGS84, beside the system in which it came. */
export function bodyOf(filled: Filled): OrganizationInput {
  const { place, division, parent, own: _own, typed: _typed, system: _system, ...rest } = filled;
  if (!place || !division) throw new Error('a form without a place or a division is not sent');
  return {
    ...rest,
    name: rest.name.trim(),
    short_name: rest.short_name.trim(),
    code: rest.code.trim(),
    uscc: rest.uscc.trim().toUpperCase(),
    address: rest.address.trim(),
    phone: rest.phone.trim(),
    parent: parent?.id ?? null,
    division: division.code,
    location: [place.lng, place.lat],
    location_crs: 'EPSG:4326',
    source_crs: place.crs,
    location_source: place.source,
    location_accuracy_m: place.accuracy,
  };
}

const compared = [
  'name',
  'short_name',
  'kind',
  'level',
  'parent',
  'code',
  'uscc',
  'address',
  'phone',
  'status',
  'location_source',
  'source_crs',
] as const;

/** Whether what is stored says something else than a request does. Coordinates are kept to 1e-7 degree. */
export function differs(stored: OrganizationDetail, sent: OrganizationInput): boolean {
  const near = (a = 0, b = 0) => Math.abs(a - b) < 2e-7;
  const moved = !near(stored.location[0], sent.location[0]) || !near(stored.location[1], sent.location[1]);
  const others = compared.some((field) => stored[field] !== sent[field]);
  return moved || others || JSON.stringify(stored.jurisdiction) !== JSON.stringify(sent.jurisdiction ?? null);
}

/** Endings of names, and the kinds that they tell; longer ones first. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/(村民委员会|村委会)$/, 'village_committee'],
  [/(居民委员会|居委会|社区)$/, 'residents_committee'],
  [/联合(党)?支部(委员会)?$/, 'joint_branch'],
  [/(总支部?委员会|总支部?)$/, 'general_branch'],
  [/(支部委员会|支部)$/, 'branch'],
  [/(工作委员会|工委)$/, 'working_committee'],
  [/(中共|中国共产党).*委员会$/, 'party_committee'],
  [/党委$/, 'party_committee'],
  [/经济合作社|合作社$/, 'collective_economy'],
];

/** The kind that a name tells, of those that there are; "" for none. */
export function kindOf(name: string, kinds: readonly string[]): string {
  const found = endings.find(([ending]) => ending.test(name.trim()));
  return found && kinds.includes(found[1]) ? found[1] : '';
}

/** The levels of organizations, the highest first. */
export const levels = ['province', 'prefecture', 'county', 'township', 'village'];

/** What an organization can be set to; retired it is otherwise. */
export const statuses = ['active', 'draft', 'submitted'] as const;

/** Kinds that are found in villages, and at other places of work, where nothing says otherwise. */
const grassroots = /^(village_committee|residents_committee|collective_economy|.*branch)$/;

/** Endings of the names of places, and the levels that they tell. */
const places: readonly (readonly [RegExp, string])[] = [
  [/(村|社区)$/, 'village'],
  [/(街道|镇|乡)$/, 'township'],
  [/(县|旗|(?<!社|自治)区)$/, 'county'],
  // A city is a prefecture or a county.
  [/(州|盟)$/, 'prefecture'],
  [/(省|自治区)$/, 'province'],
];

/**
 * The level that an organization most likely has, by its kind, else just below its superior's; of one without a superior
 * what its name says. "" when nothing tells.
 */
export function levelOf(kind: string, superior: string | undefined, name = ''): string {
  if (kind === 'village_committee' || kind === 'residents_committee') return 'village';
  const at = superior === undefined ? -1 : levels.indexOf(superior);
  if (at >= 0) return levels[Math.min(at + 1, 4)] ?? '';
  if (grassroots.test(kind)) return 'village';
  const place = name
    .trim()
    .replace(/^(中共|中国共产党)/, '')
    .replace(/(地方|基层|工作)?委员会$|党?工?委$|社会工作部$/, '');
  return places.find(([ending]) => ending.test(place))?.[1] ?? '';
}

/** What is known beside a form, from which parts of it follow; undefined for what is not known yet. */
export interface Around {
  kinds: readonly string[] | undefined;
  /** The divisions that hold its place, the widest first. */
  at: readonly NamedDivision[] | undefined;
  superior: { level: string; division: string } | undefined;
}

/** What follows from the rest of a form where no person said otherwise: kind, level, division. */
export function derived(filled: Filled, { kinds, at, superior }: Around): Partial<Filled> {
  const is = (field: string) => filled.own.includes(field);
  const more: Partial<Filled> = {};
  const guess = is('kind') ? '' : kindOf(filled.name, kinds ?? []);
  if (guess !== '') more.kind = guess;
  // While its superior is on its way, nothing is known of its level.
  const settled = filled.parent === null || superior !== undefined;
  if (!is('level') && settled) more.level = levelOf(more.kind ?? filled.kind, superior?.level, filled.name);
  if (!is('division') && at !== undefined) {
    // Outside of all outlines it is filed where its superior is.
    const deepest = at.at(-1);
    const above = superior ? { code: superior.division, name: '' } : null;
    more.division = deepest ? { code: deepest.code, name: deepest.name } : above;
  }
  return more;
}

const digits = [0, 2, 4, 6, 9, 12];

/** Whether a division may hold a place whose deepest known division is another one: as far as both go, their codes are equal. */
export function mayHold(code: string, at: { code: string; level: number }): boolean {
  const own = digits.findLast((n) => /^0*$/.test(code.slice(n)) === false) ?? 0;
  const n = Math.min(digits[at.level] ?? 12, digits.find((d) => d > own) ?? 12);
  return code.slice(0, n) === at.code.slice(0, n);
}

/** How far off a place may be that was read from a text with so many decimals or as a cell: at least what a map is off. */
export function accuracyOf(text: string, cellDegrees: number | undefined): number {
  if (cellDegrees !== undefined) return Math.max(1, Math.round(cellDegrees * 78_000));
  const decimals = Math.max(0, ...[...text.matchAll(/\d\.(\d+)/g)].map(([, part = '']) => part.length));
  if (decimals === 0) return 10;
  return Math.max(10, Math.round(111_000 / 10 ** decimals));
}
