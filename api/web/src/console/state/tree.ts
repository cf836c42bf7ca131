import type { OrganizationNode } from '../api/contract';

/** A part of the organizations below one. */
export interface Children {
  items: OrganizationNode[];
  /** How many there are in all. */
  total: number;
  /** Where the next page begins; null after the last. */
  next: string | null;
}

/** Reads organizations below a parent, null for the top, from a cursor on, null for the first. */
export type LoadChildren = (parent: number | null, cursor: string | null) => Promise<Children>;

interface Branch extends Children {
  loading: boolean;
  failed: boolean;
}

/** How many organizations below one are read to find another among them. */
const mostRevealed = 2000;

/** A row of the tree as it is shown: an organization, or what stands for those that are not read yet. */
export type Row =
  | {
      type: 'node';
      node: OrganizationNode;
      parent: number | null;
      depth: number;
      place: number;
      of: number;
      open: boolean | null;
    }
  | { type: 'rest'; parent: number | null; depth: number; left: number; failed: boolean };

/**
 * A tree that is read as it is opened, a page at a time. It holds what was read, never the whole: a nation has millions
 * of organizations.
 */
export class Tree {
  readonly #branches = new Map<number | null, Branch>();
  readonly #open = new Set<number>();
  readonly #reading = new Map<number | null, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  #rows: readonly Row[];

  /** What is open in the one before is opened in this one. */
  constructor(
    private readonly load: LoadChildren,
    before?: Tree,
  ) {
    this.#rows = this.#flatten();
    if (before) for (const id of before.#open) this.toggle(id);
  }

  /** The rows from top to bottom. The same array until something changes. */
  rows = (): readonly Row[] => this.#rows;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens what is closed and closes what is open; what is below is read when it is opened first. */
  toggle(id: number): void {
    if (!this.#open.delete(id)) this.#open.add(id);
    this.#changed();
    if (this.#open.has(id) && !this.#branches.has(id)) void this.more(id);
  }

  /**
   * Opens what is above an organization, the last one of a path from the topmost down, and reads until it is there. Of a path
   * that begins above the tree, the rest counts. It reports whether it is there; after many pages it gives up.
   */
  async reveal(path: readonly number[]): Promise<boolean> {
    let parent: number | null = null;
    for (const [i, id] of path.entries()) {
      const there = await this.#find(parent, id);
      if (!there && parent !== null) return false;
      if (!there) continue;
      parent = id;
      if (i < path.length - 1 && !this.#open.has(id)) {
        this.#open.add(id);
        this.#changed();
      }
    }
    return parent === path.at(-1);
  }

  async #find(parent: number | null, id: number): Promise<boolean> {
    for (;;) {
      const branch = this.#branches.get(parent);
      if (branch?.items.some((node) => node.id === id)) return true;
      if (branch && !branch.loading) {
        if (branch.failed || branch.next === null || branch.items.length >= mostRevealed) return false;
      }
      await this.more(parent);
    }
  }

  /** Reads the next page below a parent. Asked twice at once, it reads once. */
  more(parent: number | null): Promise<void> {
    const reading =
      this.#reading.get(parent) ?? this.#read(parent).finally(() => this.#reading.delete(parent));
    this.#reading.set(parent, reading);
    return reading;
  }

  async #read(parent: number | null): Promise<void> {
    const before = this.#branches.get(parent) ?? {
      items: [],
      total: 0,
      next: null,
      loading: false,
      failed: false,
    };
    if (this.#branches.has(parent) && before.next === null && !before.failed) return;
    this.#set(parent, { ...before, loading: true, failed: false });
    try {
      const page = await this.load(parent, before.next);
      const items = [...before.items, ...page.items];
      this.#set(parent, {
        items,
        total: Math.max(page.total, items.length),
        next: page.next,
        loading: false,
        failed: false,
      });
    } catch {
      this.#set(parent, { ...before, loading: false, failed: true });
    }
  }

  #set(parent: number | null, branch: Branch): void {
    this.#branches.set(parent, branch);
    this.#changed();
  }

  #changed(): void {
    this.#rows = this.#flatten();
    for (const listener of this.#listeners) listener();
  }

  #flatten(): Row[] {
    const rows: Row[] = [];
    this.#append(rows, null, 0);
    return rows;
  }

  #append(rows: Row[], parent: number | null, depth: number): void {
    const branch = this.#branches.get(parent);
    if (!branch) {
      rows.push({ type: 'rest', parent, depth, left: 0, failed: false });
      return;
    }
    branch.items.forEach((node, i) => {
      const open = isLeaf(node, this.#branches.get(node.id)) ? null : this.#open.has(node.id);
      rows.push({ type: 'node', node, parent, depth, place: i + 1, of: branch.total, open });
      if (open) this.#append(rows, node.id, depth + 1);
    });
    const rest = branch.loading || branch.failed || branch.next !== null;
    if (rest) {
      rows.push({
        type: 'rest',
        parent,
        depth,
        left: branch.total - branch.items.length,
        failed: branch.failed,
      });
    }
  }
}

/** Nothing is below it: the server said so, of it or of what is below it. */
function isLeaf(node: OrganizationNode, branch: Branch | undefined): boolean {
  if (node.children === 0) return true;
  return branch !== undefined && branch.total === 0 && !branch.loading && !branch.failed;
}

/** The rows that are on screen, and a few around them: from, to (exclusive). Lengths are in pixels. */
export function shown(top: number, height: number, rowHeight: number, rows: number): [number, number] {
  const around = 8;
  const from = Math.max(0, Math.floor(top / rowHeight) - around);
  return [from, Math.min(rows, Math.ceil((top + height) / rowHeight) + around)];
}

/** The row of so many that a key moves to from the row at; null when the key moves nowhere. */
export function keyedTo(key: string, at: number, rows: number, page: number): number | null {
  const last = rows - 1;
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}

/** The row that a key moves to from the row at; null when the key is none of the tree's or leads nowhere. */
export function moved(rows: readonly Row[], at: number, key: string, page: number): number | null {
  if (key !== 'ArrowLeft') return keyedTo(key, at, rows.length, page);
  const depth = rows[at]?.depth ?? 0;
  for (let i = at - 1; i >= 0; i--) if ((rows[i]?.depth ?? 0) < depth) return i;
  return null;
}
