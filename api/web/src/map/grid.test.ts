import { PbfWriter } from 'pbf';
import { describe, expect, test } from 'vitest';
import { gridIn } from './grid';

/** A vector tile (specification 2.1 §4) with one layer and one feature of these properties. */
function tileOf(layer: string, id: number, properties: Record<string, string | number>): ArrayBuffer {
  const pbf = new PbfWriter();
  pbf.writeMessage(
    3,
    () => {
      pbf.writeVarintField(15, 2);
      pbf.writeStringField(1, layer);
      pbf.writeMessage(
        2,
        () => {
          pbf.writeVarintField(1, id);
          pbf.writePackedVarint(
            2,
            Object.keys(properties).flatMap((_, i) => [i, i]),
          );
          pbf.writeVarintField(3, 3);
        },
        null,
      );
      for (const key of Object.keys(properties)) pbf.writeStringField(3, key);
      for (const value of Object.values(properties)) {
        pbf.writeMessage(
          4,
          () => (typeof value === 'string' ? pbf.writeStringField(1, value) : pbf.writeVarintField(5, value)),
          null,
        );
      }
    },
    null,
  );
  return pbf.finish().slice().buffer;
}

describe('a grid in a tile', () => {
  const properties = { code: 'G-1', name: '第一网格', kind: 'village_grid', division: '330102001051' };

  test('is told with the organization that answers for it, or none', () => {
    expect(gridIn(tileOf('grids', 7, { ...properties, organization: 42 }), 7)).toEqual({
      ...properties,
      organization: 42,
    });
    expect(gridIn(tileOf('grids', 7, properties), 7)).toEqual({ ...properties, organization: null });
    const { name: _, ...nameless } = properties;
    expect(gridIn(tileOf('grids', 7, nameless), 7)?.name).toBe('');
  });

  test('is not another grid, nor a feature of another layer, nor in an empty tile', () => {
    expect(gridIn(tileOf('grids', 8, properties), 7)).toBeNull();
    expect(gridIn(tileOf('jurisdictions', 7, properties), 7)).toBeNull();
    expect(gridIn(new ArrayBuffer(0), 7)).toBeNull();
  });
});
