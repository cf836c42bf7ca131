import { describe, expect, test } from 'vitest';
import { agentName } from './agent';
import { differences } from './difference';
import { when } from './when';

describe('differences', () => {
  test('only what differs, by its path', () => {
    const before = { name: '甲', organization: { id: 1, name: '西湖区' }, disabled: false, note: null };
    const after = { name: '乙', organization: { id: 2, name: '西湖区' }, disabled: false, note: null };
    expect(differences(before, after)).toEqual([
      { path: 'name', before: '甲', after: '乙' },
      { path: 'organization.id', before: '1', after: '2' },
    ]);
  });

  test('what is new and what is gone', () => {
    expect(differences(null, { name: '甲', phone: null })).toEqual([
      { path: 'name', before: null, after: '甲' },
    ]);
    expect(differences({ name: '甲' }, null)).toEqual([{ path: 'name', before: '甲', after: null }]);
    expect(differences(null, null)).toEqual([]);
    expect(differences({ a: 1 }, { a: 1 })).toEqual([]);
  });

  test('lists and plain values', () => {
    expect(differences({ at: [120.1, 30.2] }, { at: [120.1, 30.3] })).toEqual([
      { path: 'at', before: '120.1, 30.2', after: '120.1, 30.3' },
    ]);
    expect(differences({ grants: [{ role: 'analyst' }] }, { grants: [] })).toEqual([
      { path: 'grants.1.role', before: 'analyst', after: null },
      { path: 'grants', before: null, after: '' },
    ]);
    expect(differences('x', 'y')).toEqual([{ path: '', before: 'x', after: 'y' }]);
  });
});

describe('browsers', () => {
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
  test.each([
    [`${windows} Chrome/126.0 Safari/537.36`, 'Chrome · Windows'],
    [`${windows} Chrome/126.0 Safari/537.36 Edg/126.0`, 'Edge · Windows'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1',
      'Safari · iOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; HarmonyOS) Chrome/114.0 Mobile Safari/537.36 MicroMessenger/8.0',
      '微信 WeChat · HarmonyOS',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['', ''],
  ])('%s', (agent, name) => {
    expect(agentName(agent)).toBe(name);
  });

  test('a long unknown one is cut', () => expect(agentName('x'.repeat(100))).toBe(`${'x'.repeat(40)}…`));
});

test('instants are in China’s time', () => {
  expect(when('2025-06-30T16:00:05Z', 'zh')).toBe('2025/07/01 00:00');
  expect(when('2025-06-30T16:00:05Z', 'zh', true)).toBe('2025/07/01 00:00:05');
  expect(when('2025-06-30T16:00:05Z', 'en')).toContain('Jul 2025');
  expect(when('never', 'en')).toBe('never');
});
