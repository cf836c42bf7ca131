import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { organizationsChanged, pathOf } from './organizations';

test('what tells of organizations is read anew when one was written to, and nothing else', async () => {
  const queries = new QueryClient();
  const told = [
    ['organization', 1, 'detail'],
    ['tasks', 'open'],
    ['verification', 1],
    ['locations', 'list', {}],
  ];
  for (const key of [...told, ['codes', 'organization_kind']]) queries.setQueryData(key, []);
  await organizationsChanged(queries);
  const old = (key: unknown[]) => queries.getQueryState(key)?.isInvalidated;
  expect(told.map(old)).toEqual([true, true, true, true]);
  expect(old(['codes', 'organization_kind'])).toBe(false);
});

test('a division is told by those above it, the widest first', () => {
  const ancestors = [{ name: '浙江省' }, { name: '杭州市' }] as Parameters<typeof pathOf>[0]['ancestors'];
  expect(pathOf({ ancestors, name: '西湖区' })).toBe('浙江省 › 杭州市 › 西湖区');
});
