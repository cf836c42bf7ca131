import type { StyleSpecification } from 'maplibre-gl';
import { type Client, ProblemError, unwrap } from '../api/client';
import { fetchCounts } from '../api/queries';
import { chosenBase } from './basemap';
import type { Served } from './controller';
import { sortKinds } from './kinds';

/** Asks the server, all at once, for what the map needs to start. */
export async function fetchServed(client: Client, base: string | null): Promise<Served> {
  const about = (layer: string) => unwrap(client.GET('/tiles/{layer}', { params: { path: { layer } } }));
  const [style, organizations, divisions, bases, counts] = await Promise.all([
    unwrap(client.GET('/styles/light.json')),
    about('organizations'),
    about('divisions'),
    unwrap(client.GET('/basemaps')),
    fetchCounts(client, { box: null, kinds: null, division: null }),
  ]);
  if (style.version !== 8) throw new ProblemError(500, { detail: 'the style is not of version 8' });
  return {
    style: style as unknown as StyleSpecification,
    about: { organizations, divisions },
    base: chosenBase(bases.items, base),
    kinds: sortKinds(Object.keys(counts.kinds)),
  };
}
