import { Clipper64, ClipType, FillRule, type Path64, type PolyPath64, PolyTree64 } from 'clipper2-ts';
import type { Polygon } from 'geojson';
import type { Position } from './drawing';

/** Positions are put on a grid of ten-millionths of a degree, about a centimetre. */
const grid = 1e7;

/**
 * The polygons that closed ways, which may cross themselves and each other, go around at least once, all in one direction:
 * each an outer ring with its holes, closed.
 */
export function filled(ways: readonly (readonly Position[])[]): Polygon['coordinates'][] {
  const clipper = new Clipper64();
  clipper.addSubject(
    ways.map((way) => way.map(([x, y]) => ({ x: Math.round(x * grid), y: Math.round(y * grid) }))),
  );
  const tree = new PolyTree64();
  if (!clipper.execute(ClipType.Union, FillRule.NonZero, tree)) throw new Error('the ways cannot be filled');
  return outersIn(tree).map((outer) => [outer, ...partsOf(outer)].map(({ poly }) => ringOf(poly ?? [])));
}

/** Rings that are not holes, those within holes included. */
function outersIn(node: PolyPath64): PolyPath64[] {
  return partsOf(node).flatMap((outer) => [outer, ...partsOf(outer).flatMap(outersIn)]);
}

function partsOf(node: PolyPath64): PolyPath64[] {
  return Array.from({ length: node.count }, (_, i) => node.child(i));
}

function ringOf(path: Path64): number[][] {
  return [...path, ...path.slice(0, 1)].map(({ x, y }) => [x / grid, y / grid]);
}
