import { CancelledError, type QueryClient } from '@tanstack/react-query';
import type { StyleSpecification } from 'maplibre-gl';
import { type Client, type Division, ProblemError, unwrap } from '../api/client';
import { baseMapsQuery, childrenQuery, countsQuery, tileJSONQuery } from '../api/queries';
import { noConditions } from '../state/conditions';
import type { State } from '../state/url';
import { chosenBase } from './basemap';
import type { Served } from './controller';
import { sortKinds } from './kinds';
import type { Box } from './tiles';

/** Asks the server, all at once, for what the map needs to start; the panels share the answers. */
export async function fetchServed(
  client: Client,
  queries: QueryClient,
  { base, datetime }: State,
): Promise<Served> {
  const about = (layer: string) => uncancelled(() => queries.fetchQuery(tileJSONQuery(client, layer)));
  const [style, organizations, divisions, bases, counts, provinces] = await Promise.all([
    unwrap(client.GET('/styles/light.json')),
    about('organizations'),
    about('divisions'),
    uncancelled(() => queries.fetchQuery(baseMapsQuery(client))),
    uncancelled(() => queries.fetchQuery(countsQuery(client, { ...noConditions, box: null, day: datetime }))),
    uncancelled(() => queries.fetchQuery(childrenQuery(client, null, datetime))),
  ]);
  if (style.version !== 8) throw new ProblemError(500, { detail: 'the style is not of version 8' });
  return {
    style: style as unknown as StyleSpecification,
    about: { organizations, divisions },
    base: chosenBase(bases.items, base),
    kinds: sortKinds(Object.keys(counts.kinds)),
    home: homeOf(provinces.items),
  };
}

/** A panel that goes away cancels the question it shares with the map: then the map asks again. */
async function uncancelled<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CancelledError) return ask();
    throw error;
  }
}

/** The box round the provinces that have organizations; null without any. */
export function homeOf(provinces: readonly Division[]): Box | null {
  const boxes = provinces.flatMap(({ organizations, bbox }) => (organizations > 0 && bbox ? [bbox] : []));
  if (boxes.length === 0) return null;
  const edge = (i: number, pick: (...values: number[]) => number) => pick(...boxes.map((box) => box[i] ?? 0));
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
}
