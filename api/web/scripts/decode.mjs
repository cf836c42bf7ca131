// Decodes vector tiles with the decoder that MapLibre uses and prints what is in them, one JSON value per file and line:
// layers in the order of the tile, each with its features as [id, type, geometry, properties].
//
//	node scripts/decode.mjs FILE...
import { readFileSync } from 'node:fs';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

for (const path of process.argv.slice(2)) {
  const { layers } = new VectorTile(new PbfReader(readFileSync(path)));
  const all = Object.values(layers).map((layer) => ({
    name: layer.name,
    extent: layer.extent,
    features: Array.from({ length: layer.length }, (_, i) => described(layer.feature(i))),
  }));
  console.log(JSON.stringify(all));
}

function described(feature) {
  // The decoder repeats the first position of a ring at its end, which the tile does not.
  const open = (path) => (feature.type === 3 ? path.slice(0, -1) : path);
  const paths = feature.loadGeometry().map((path) => open(path).map(({ x, y }) => [x, y]));
  return [feature.id ?? 0, feature.type, paths, feature.properties];
}
