import type { QueryClient } from '@tanstack/react-query';
import { type Client, unwrap } from '../../api/client';
import { countsQuery, divisionCountsQuery } from '../../api/queries';
import { Choropleth, type Counts, countiesInView } from '../../map/choropleth';
import type { MapController } from '../../map/controller';
import { askedBox, type Bin, Hexagons, widthAt } from '../../map/hexagons';
import { PictureMap } from '../../map/picture';
import { type Box, boxParameter } from '../../map/tiles';
import { mapSize, type Paper, zoomStep } from '../../print/paper';
import { conditionsOf, reportConditionsOf, reportParameters } from '../../state/conditions';
import type { Level } from '../../state/division';
import type { State } from '../../state/url';
import { fetchHexagons } from '../tools/Hexagons';
import { drawnAt, drawnLevel, requestsOf } from '../useChoropleth';

/** What a sheet is made of: the picture of its map, and the numbers of what is on it. */
export interface Facts {
  paper: Paper;
  picture: HTMLCanvasElement;
  /** The picture as a file. */
  blob: Blob;
  box: Box;
  zoom: number;
  /** Latitude of the middle, in degrees. */
  lat: number;
  bearing: number;
  /** Organizations in the picture, of all kinds. */
  kinds: Readonly<Record<string, number>>;
  choropleth: { level: Level; counts: Counts } | null;
  hexagons: { width: number; bins: readonly Bin[] } | null;
  /** Reports in the picture by category. */
  reports: Readonly<Record<string, number>> | null;
}

export const steps = ['map', 'numbers', 'sheet'] as const;
export type Step = (typeof steps)[number];

/** Where the facts come from. */
export interface Sources {
  controller: MapController;
  client: Client;
  queries: QueryClient;
  state: State;
  kinds: readonly string[];
  /** The deepest level of divisions with outlines; undefined without any. */
  deepest: number | undefined;
}

/** Draws the map for a sheet and asks for the numbers of what it shows, anew: the screen shows another part of the world. */
export async function gather(
  sources: Sources,
  paper: Paper,
  signal: AbortSignal,
  onStep: (step: Step) => void,
): Promise<Facts> {
  onStep('map');
  const { controller, kinds } = sources;
  const { clientWidth, clientHeight } = controller.map.getContainer();
  const { top, right, bottom, left } = controller.insets;
  const seen = { width: clientWidth - left - right, height: clientHeight - top - bottom };
  const shown = new PictureMap(controller.map, {
    ...mapSize(paper),
    zoomStep: zoomStep(paper, seen),
    centre: controller.middle(),
    kinds,
  });
  try {
    await shown.rest(signal);
    shown.dropDoubleLine();
    onStep('numbers');
    const numbers = await count(sources, shown, signal);
    await shown.rest(signal);
    onStep('sheet');
    const picture = shown.copy();
    const blob = await fileOf(picture);
    const { map, box } = shown;
    const [zoom, { lat }, bearing] = [map.getZoom(), map.getCenter(), map.getBearing()];
    return { paper, picture, blob, box, zoom, lat, bearing, ...numbers };
  } finally {
    shown.close();
  }
}

/** Asks for the numbers of a picture, and colours it by them. */
async function count(sources: Sources, shown: PictureMap, signal: AbortSignal) {
  const { client, queries, state } = sources;
  const { on } = state;
  const conditions = { ...conditionsOf(state), box: shown.box, kinds: null };
  const [kinds, choropleth, hexagons, reports] = await Promise.all([
    queries.fetchQuery(countsQuery(client, conditions)),
    on.includes('choropleth') ? fillDivisions(sources, shown) : null,
    on.includes('hexagons') ? fillHexagons(sources, shown, signal) : null,
    on.includes('reports') ? countReports(sources, shown.box, signal) : null,
  ]);
  return { kinds: kinds.kinds, choropleth, hexagons, reports };
}

async function fillDivisions({ client, queries, state, deepest }: Sources, { map }: PictureMap) {
  const conditions = conditionsOf(state);
  const { division } = conditions;
  const level = drawnLevel(map.getZoom(), deepest);
  const counties = level === 4 ? countiesInView(map, division) : [];
  const answers = await Promise.all(
    requestsOf(level, division, counties).map((request) =>
      queries.fetchQuery(divisionCountsQuery(client, request, conditions)),
    ),
  );
  const items = answers.flatMap((answer) => answer.items).filter(drawnAt(level));
  const counts: Counts = new Map(items.map(({ code, organizations }) => [code, organizations]));
  new Choropleth(map).show(counts);
  return { level, counts };
}

async function fillHexagons({ client, state }: Sources, { map, box }: PictureMap, signal: AbortSignal) {
  const width = widthAt(map.getZoom());
  const asked = boxParameter(askedBox(box, width));
  const bins = await fetchHexagons(client, asked, width, conditionsOf(state), signal);
  new Hexagons(map).show(bins);
  return { width, bins };
}

async function countReports({ client, state }: Sources, box: Box, signal: AbortSignal) {
  const query = {
    ...reportParameters(reportConditionsOf(state)),
    bbox: boxParameter(box),
    limit: 1,
  };
  const answer = await unwrap(client.GET('/api/reports', { params: { query }, signal }));
  return answer.counts.category ?? {};
}

/** A canvas as a PNG file. */
export function fileOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('the browser makes no PNG of the canvas'));
    }, 'image/png'),
  );
}
