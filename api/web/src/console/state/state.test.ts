import { beforeEach, describe, expect, test, vi } from 'vitest';
import { dayAt, plusDays, yearFrom } from '../../format/day';
import type { Grant, OrganizationNode, Session } from '../api/contract';
import { Draft, dropDrafts } from './draft';
import { lastOwnDay, likelyOrganization, may, mayEverywhere } from './may';
import { checkPassword, cleanName, isAccountName } from './password';
import { formatRoute, idIn, Places, parseRoute, type Route } from './route';
import { type Children, type LoadChildren, moved, shown, Tree } from './tree';
import { Undoing } from './undo';

describe('addresses', () => {
  const routes: Route[] = [
    { page: null, item: null, query: {} },
    { page: 'accounts', item: null, query: { q: '张 三&=#', organization: '42' } },
    { page: 'accounts', item: '17', query: {} },
    { page: 'accounts', item: 'new', query: { organization: '42' } },
    { page: 'link', item: '0123-abc/é', query: {} },
    { page: 'sign-in', item: null, query: { error: 'no-account' } },
    { page: 'audit', item: null, query: { from: '2025-01-01', actor: 'zhang.san' } },
  ];
  test.each(routes)('%o comes back as it was', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  test.each(['', '#', '#/', '#/nowhere/1?q=x', '#map=5/30/120'])('%s is the beginning', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: null, item: null, query: {} });
  });

  test('an item that is wrongly encoded stays as it is', () => {
    expect(parseRoute('#/link/%E0%A4%A').item).toBe('%E0%A4%A');
  });

  test.each([
    ['7', 7],
    ['0', null],
    ['-1', null],
    ['1.5', null],
    ['new', null],
    ['9007199254740993', null],
    [null, null],
    [undefined, null],
  ])('%s is the id %s', (text, id) => {
    expect(idIn(text)).toBe(id);
  });

  describe('in a window', () => {
    beforeEach(() => window.history.replaceState(null, '', '/console?lang=en#/accounts?q=li'));

    test('a filter replaces the address, and an empty one takes a condition away', () => {
      const places = new Places(window);
      const length = window.history.length;
      places.filter({ organization: '5', q: '' });
      expect(window.location.hash).toBe('#/accounts?organization=5');
      expect(window.location.search).toBe('?lang=en');
      expect(window.history.length).toBe(length);
      expect(places.get().query).toEqual({ organization: '5' });
    });

    test('those who watch are told', () => {
      const places = new Places(window);
      const seen = vi.fn();
      const leave = places.subscribe(seen);
      places.go({ page: 'audit' });
      leave();
      places.go({ page: 'me' });
      expect(seen).toHaveBeenCalledTimes(1);
      expect(places.get().page).toBe('me');
    });
  });
});

describe('passwords', () => {
  const good = { length: true, unlike: true, varied: true, same: true };
  test.each([
    ['a quiet lake at dawn', 'a quiet lake at dawn', good],
    ['柳塘村的七棵老树真好看', '柳塘村的七棵老树真好看', good],
    ['short', 'short', { ...good, length: false }],
    ['Liutang.Office!', 'Liutang.Office!', { ...good, unlike: false }],
    ['1357 2468 9090', '1357 2468 9090', { ...good, varied: false }],
    ['abababababab', 'abababababab', { ...good, varied: false }],
    ['a quiet lake at dawn', 'a quiet lake', { ...good, same: false }],
    ['', '', { length: false, unlike: false, varied: false, same: false }],
  ])('%s, repeated %s', (password, repeated, checks) => {
    expect(checkPassword(password, repeated, ['liutang.office'])).toEqual(checks);
  });

  test('an astral character counts as one', () => {
    expect(checkPassword('🌊🌊🌊🌊🌊abcde', '', []).length).toBe(true);
    expect(checkPassword('🌊🌊🌊🌊abcde', '', []).length).toBe(false);
  });

  test.each([
    ['zhang.san', true],
    ['  Zhang.San ', true],
    ['ab', false],
    ['3er', false],
    ['张三丰', false],
    ['a'.repeat(65), false],
  ])('%s is a name: %s', (name, is) => {
    expect(isAccountName(name)).toBe(is);
  });

  test('names are kept in lower case', () => expect(cleanName(' Zhang.San ')).toBe('zhang.san'));
});

describe('days', () => {
  test('they are days of China', () => {
    expect(dayAt(new Date('2025-06-30T15:59:59Z'))).toBe('2025-06-30');
    expect(dayAt(new Date('2025-06-30T16:00:00Z'))).toBe('2025-07-01');
  });

  test('they can be added to', () => {
    expect(plusDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(plusDays('2025-01-01', -1)).toBe('2024-12-31');
    expect(yearFrom('2025-06-30')).toBe('2026-06-29');
  });
});

const grant = (role: Grant['role'], organization: Grant['organization'], valid_to: string | null): Grant => ({
  id: 1,
  role,
  organization,
  valid_from: '2025-01-01',
  valid_to,
  source: 'grant',
  created_by: 'operator',
});

describe('what one may do', () => {
  const nowhere = { all: false, roots: [] };
  const session = (reach: { all: boolean; roots: number[] }, grants: Grant[] = []) =>
    ({ actions: { 'account.write': reach, 'audit.read': nowhere }, grants }) as unknown as Session;

  test('an action without a place may not be done', () => {
    expect(may(session(nowhere), 'account.write')).toBe(false);
    expect(may(session({ all: false, roots: [1] }), 'account.write')).toBe(true);
    expect(may(session({ all: true, roots: [] }), 'account.write')).toBe(true);
    expect(may(session({ all: true, roots: [] }), 'audit.read')).toBe(false);
    expect(mayEverywhere(session({ all: false, roots: [1] }), 'account.write')).toBe(false);
  });

  test('a new account is for the one organization that one looks after', () => {
    const own = { id: 7, name: '西湖区' };
    expect(
      likelyOrganization(session({ all: false, roots: [7] }, [grant('administrator', own, null)])),
    ).toEqual(own);
    expect(likelyOrganization(session({ all: false, roots: [7, 8] }))).toBeNull();
    expect(likelyOrganization(session({ all: true, roots: [] }))).toBeNull();
  });

  test('what one grants ends with the last of one’s own grants', () => {
    const own = { id: 7, name: '西湖区' };
    expect(lastOwnDay([])).toBeNull();
    expect(lastOwnDay([grant('analyst', own, '2026-01-01')])).toBeNull();
    expect(
      lastOwnDay([grant('administrator', own, '2026-01-01'), grant('administrator', own, '2027-01-01')]),
    ).toBe('2026-12-31');
    expect(
      lastOwnDay([grant('administrator', own, '2026-01-01'), grant('administrator', null, null)]),
    ).toBeNull();
  });
});

describe('drafts', () => {
  beforeEach(() => sessionStorage.clear());

  test('are kept until they are dropped', () => {
    const draft = new Draft<{ name: string }>(sessionStorage, 'account');
    expect(draft.read()).toEqual({});
    draft.keep({ name: 'zhang' });
    expect(new Draft<{ name: string }>(sessionStorage, 'account').read()).toEqual({ name: 'zhang' });
    draft.drop();
    expect(draft.read()).toEqual({});
  });

  test('what cannot be read is none', () => {
    const draft = new Draft(sessionStorage, 'account');
    for (const text of ['{', 'null', '3', '[1]']) {
      sessionStorage.setItem('draft:account', text);
      expect(draft.read()).toEqual({});
    }
  });

  test('all go with the session, and nothing else does', () => {
    new Draft(sessionStorage, 'account').keep({ a: 1 });
    sessionStorage.setItem('other', '1');
    dropDrafts(sessionStorage);
    expect(Object.keys(sessionStorage)).toEqual(['other']);
  });
});

test('what was done is offered until it is forgotten', () => {
  const undoing = new Undoing();
  undoing.offer('first', async () => {});
  undoing.offer('second', async () => {});
  const [first] = undoing.done.get();
  undoing.forget(first?.id ?? 0);
  expect(undoing.done.get().map(({ text }) => text)).toEqual(['second']);
});

test('what is only told gives way to whatever is newer', () => {
  const undoing = new Undoing();
  undoing.tell('told');
  undoing.offer('first', async () => {});
  undoing.tell('told again');
  undoing.tell('newest');
  expect(undoing.done.get().map(({ text }) => text)).toEqual(['first', 'newest']);
});

test('of one thing only the latest is offered', () => {
  const undoing = new Undoing();
  undoing.offer('another', async () => {});
  undoing.offer('first', async () => {}, 'location 1');
  undoing.offer('second', async () => {}, 'location 1');
  expect(undoing.done.get().map(({ text }) => text)).toEqual(['another', 'second']);
  undoing.overtake('location 1');
  expect(undoing.done.get().map(({ text }) => text)).toEqual(['another']);
});

describe('the tree', () => {
  const node = (id: number, children: number): OrganizationNode => ({
    id,
    name: `组织${id}`,
    kind: 'branch',
    level: 'county',
    status: 'active',
    children,
  });
  /** 1 has 2, 3 and 4, in pages of two; 2 and the rest have none. */
  const load: LoadChildren = async (parent, cursor) => {
    if (parent === null) return { items: [node(1, 3), node(9, 0)], total: 2, next: null };
    if (cursor === null) return { items: [node(2, 0), node(3, 0)], total: 3, next: 'more' };
    return { items: [node(4, 0)], total: 3, next: null };
  };
  const said = (tree: Tree) =>
    tree
      .rows()
      .map((row) =>
        row.type === 'node'
          ? `${' '.repeat(row.depth)}${row.node.id}`
          : `${' '.repeat(row.depth)}…${row.left}`,
      );

  test('is read as it is opened, a page at a time', async () => {
    const tree = new Tree(load);
    expect(said(tree)).toEqual(['…0']);
    await tree.more(null);
    expect(said(tree)).toEqual(['1', '9']);
    tree.toggle(1);
    await vi.waitFor(() => expect(said(tree)).toEqual(['1', ' 2', ' 3', ' …1', '9']));
    await tree.more(1);
    expect(said(tree)).toEqual(['1', ' 2', ' 3', ' 4', '9']);
    await tree.more(1);
    expect(said(tree)).toEqual(['1', ' 2', ' 3', ' 4', '9']);
    tree.toggle(1);
    expect(said(tree)).toEqual(['1', '9']);
  });

  test('tells screen readers where a row stands among all, also those not read yet', async () => {
    const tree = new Tree(load);
    await tree.more(null);
    tree.toggle(1);
    await vi.waitFor(() => expect(tree.rows()).toHaveLength(5));
    expect(tree.rows()[2]).toMatchObject({ place: 2, of: 3, depth: 1, open: null });
    expect(tree.rows()[0]).toMatchObject({ open: true });
  });

  test('asked twice at once, it reads once', async () => {
    const slow = vi.fn(load);
    const tree = new Tree(slow);
    await Promise.all([tree.more(null), tree.more(null)]);
    expect(slow).toHaveBeenCalledTimes(1);
  });

  test('an organization is revealed where it is, and what is beyond the tree is not looked for', async () => {
    const tree = new Tree(load);
    expect(await tree.reveal([77, 1, 4])).toBe(true);
    expect(said(tree)).toEqual(['1', ' 2', ' 3', ' 4', '9']);
    expect(await tree.reveal([1, 5])).toBe(false);
    expect(await tree.reveal([8])).toBe(false);
  });

  test('what failed can be tried again, and what was read stays', async () => {
    let broken = true;
    const tree = new Tree(async (parent, cursor): Promise<Children> => {
      if (broken && cursor !== null) throw new Error('no network');
      return load(parent, cursor);
    });
    await tree.more(null);
    tree.toggle(1);
    await vi.waitFor(() => expect(tree.rows()).toHaveLength(5));
    await tree.more(1);
    expect(tree.rows()[3]).toMatchObject({ type: 'rest', failed: true });
    expect(said(tree)).toEqual(['1', ' 2', ' 3', ' …1', '9']);
    broken = false;
    await tree.more(1);
    expect(said(tree)).toEqual(['1', ' 2', ' 3', ' 4', '9']);
  });

  test('one of which it is not known whether it has any below turns out a leaf', async () => {
    const tree = new Tree(async (parent) =>
      parent === null ? { items: [node(1, -1)], total: 1, next: null } : { items: [], total: 0, next: null },
    );
    await tree.more(null);
    expect(tree.rows()[0]).toMatchObject({ open: false });
    tree.toggle(1);
    await vi.waitFor(() => expect(tree.rows()).toEqual([expect.objectContaining({ open: null })]));
  });

  test('only what is on screen is shown, and a little around it', () => {
    expect(shown(0, 340, 34, 5_000_000)).toEqual([0, 18]);
    expect(shown(34_000, 340, 34, 5_000_000)).toEqual([992, 1018]);
    expect(shown(0, 340, 34, 3)).toEqual([0, 3]);
  });

  test('keys move within it', async () => {
    const tree = new Tree(load);
    await tree.more(null);
    tree.toggle(1);
    await vi.waitFor(() => expect(tree.rows()).toHaveLength(5));
    const rows = tree.rows();
    expect(moved(rows, 0, 'ArrowDown', 10)).toBe(1);
    expect(moved(rows, 0, 'ArrowUp', 10)).toBe(0);
    expect(moved(rows, 2, 'ArrowLeft', 10)).toBe(0);
    expect(moved(rows, 0, 'ArrowLeft', 10)).toBeNull();
    expect(moved(rows, 1, 'End', 10)).toBe(4);
    expect(moved(rows, 3, 'Home', 10)).toBe(0);
    expect(moved(rows, 0, 'PageDown', 3)).toBe(3);
    expect(moved(rows, 0, 'PageDown', 10)).toBe(4);
    expect(moved(rows, 0, 'x', 10)).toBeNull();
  });
});

describe('the tabs of an organization', () => {
  test('each is there once', async () => {
    const { tabs } = await import('../office/organizations/tabs');
    const names = tabs.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names[0]).toBe('overview');
  });
});
