import { readFileSync } from 'node:fs';
import { type Box, tileAt } from '../src/map/tiles';
import { prefix } from '../src/state/division';

export interface Organization {
  id: number;
  lng: number;
  lat: number;
  kind: string;
  division: string;
  name: string;
}

export interface Division {
  code: string;
  level: number;
  parent: string | null;
  name: string;
}

/** A report of the public edition, without its place. */
export interface Report {
  id: number;
  category: string;
  status: string;
  state: string;
  received: string;
}

/** An area that an organization answers for, with its middle. */
export interface Area {
  name: string;
  organization: number;
  lng: number;
  lat: number;
}

type ReportRow = [number, string, string, string, string];
type AreaRow = [string, string, number, number, number];
type Row = [number, number, number, string, string, string];
type DivisionRow = [string, number, string | null, string];

/** What the database holds, as SQL told it. */
export class Expected {
  readonly organizations: Organization[];
  readonly divisions: Division[];
  readonly reports: Report[];
  readonly areas: Record<'grids' | 'jurisdictions', Area[]>;

  /** What the file says that JINGWEI_SQL names. */
  static given(): Expected {
    const sql = process.env.JINGWEI_SQL;
    if (!sql) throw new Error('JINGWEI_SQL names no file: see e2e/README.md');
    return new Expected(sql);
  }

  constructor(path: string) {
    const file = JSON.parse(readFileSync(path, 'utf8')) as {
      organizations: Row[];
      divisions: DivisionRow[];
      reports: ReportRow[];
      areas: Record<'grids' | 'jurisdictions', AreaRow[]>;
    };
    this.organizations = file.organizations.map(([id, lng, lat, kind, division, name]) => {
      return { id, lng, lat, kind, division, name };
    });
    this.reports = file.reports.map(([id, category, status, state, received]) => {
      return { id, category, status, state, received };
    });
    const area = ([, name, organization, lng, lat]: AreaRow): Area => ({ name, organization, lng, lat });
    const { grids, jurisdictions } = file.areas;
    this.areas = { grids: grids.map(area), jurisdictions: jurisdictions.map(area) };
    this.divisions = file.divisions.map(([code, level, parent, name]) => ({ code, level, parent, name }));
  }

  /** Organizations in a division; in all when it is null. */
  inDivision(code: string | null): Organization[] {
    if (code === null) return this.organizations;
    const digits = prefix(code);
    return this.organizations.filter((item) => item.division.startsWith(digits));
  }

  inBox([west, south, east, north]: Box): Organization[] {
    return this.organizations.filter(
      ({ lng, lat }) => lng >= west && lng <= east && lat >= south && lat <= north,
    );
  }

  /** Counts of organizations per tile of a zoom, keyed z/x/y. */
  perTile(z: number, division: string | null = null): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { lng, lat } of this.inDivision(division)) {
      const tile = tileAt(lng, lat, z);
      const key = `${tile.z}/${tile.x}/${tile.y}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  children(parent: string | null): Division[] {
    return this.divisions.filter((item) => item.parent === parent);
  }

  /** The child with the most organizations. */
  largestChild(parent: string | null): Division {
    const children = this.children(parent);
    const size = (item: Division) => this.inDivision(item.code).length;
    return children.reduce((best, item) => (size(item) > size(best) ? item : best));
  }
}
