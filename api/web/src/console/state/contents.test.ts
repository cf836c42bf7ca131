import { describe, expect, test } from 'vitest';
import { type Content, contentFields, merged, mergeOf } from './contents';

const base: Content = {
  name: '柳塘村',
  short_name: '',
  kind: 'village_committee',
  level: 'village',
  parent: 1,
  status: 'active',
  division: '330102001051',
  address: '',
  location: [120.1, 30.2],
  location_source: 'map',
  location_accuracy_m: 0,
  source_crs: 'EPSG:4326',
  phone: '',
  code: '',
  uscc: '',
  jurisdiction: null,
};

describe('two people change one content', () => {
  test('what they do not both touch is merged by itself', () => {
    const mine = { ...base, phone: '1', location: [120.2, 30.2] };
    const theirs = { ...base, name: '柳塘社区', address: 'x', location: [120.2, 30.2] };
    expect(mergeOf(base, mine, theirs)).toEqual({
      auto: [
        { field: 'name', from: 'theirs' },
        { field: 'address', from: 'theirs' },
        { field: 'location', from: 'theirs' },
        { field: 'phone', from: 'mine' },
      ],
      both: [],
    });
    expect(merged(base, mine, theirs, {})).toEqual({ ...theirs, phone: '1' });
  });

  test('what both change is chosen, field by field', () => {
    const mine = { ...base, name: 'a', parent: null };
    const theirs = { ...base, name: 'b', parent: 2, phone: '3' };
    expect(mergeOf(base, mine, theirs).both).toEqual(['name', 'parent']);
    expect(merged(base, mine, theirs, { name: 'theirs' })).toEqual({ ...mine, name: 'b', phone: '3' });
    expect(merged(base, mine, theirs, { parent: 'theirs' })).toEqual({ ...mine, parent: 2, phone: '3' });
  });

  test('every field is merged as each other one', () => {
    for (const field of contentFields) {
      const other = { ...base, [field]: field === 'location' ? [1, 2] : 'another' } as Content;
      expect(merged(base, other, base, {})).toEqual(other);
      expect(merged(base, base, other, {})).toEqual(other);
      expect(mergeOf(base, other, other).both).toEqual([]);
    }
  });
});
