import { describe, expect, test } from 'vitest';
import type { OrganizationVersion } from './client';
import { versionOf } from './queries';

describe('an organization on a day', () => {
  const version = (
    name: string,
    valid_from: string | null,
    valid_to: string | null,
    recorded_to: string | null,
  ) => ({ name, valid_from, valid_to, recorded_to }) as OrganizationVersion;
  const versions = [
    version('later', '2022-01-01', null, null),
    version('early', '2020-01-01', '2022-01-01', null),
    version('mistaken', '2020-01-01', null, '2022-03-01T00:00:00Z'),
  ];

  test.each([
    ['2020-01-01', 'early'],
    ['2021-12-31', 'early'],
    ['2022-01-01', 'later'],
  ])('on %s it is the %s one', (day, name) => {
    expect(versionOf(versions, day).name).toBe(name);
  });

  test('before it began there is none', () => {
    expect(() => versionOf(versions, '2019-12-31')).toThrow();
  });
});
