import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { MapLibreMap } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Client, unwrap } from '../../api/client';
import { type Conditions, conditionParameters, useConditions } from '../../api/queries';
import { distance } from '../../format/scale';
import { classStarts } from '../../map/classes';
import type { MapController } from '../../map/controller';
import { askedBox, type Bin, Hexagons, widthAt } from '../../map/hexagons';
import { type Box, boxParameter } from '../../map/tiles';
import { useLanguage, useServices } from '../../services';
import { useCell } from '../../state/cell';
import { ClassItems } from '../Swatch';
import { useSight } from '../useInView';
import { useOnMap } from '../useOnMap';
import { useTools } from './useTools';

const newHexagons = (map: MapLibreMap) => new Hexagons(map);

/** Makes the map show its hexagons while the layer is on. */
export function HexagonSync({ controller }: { controller: MapController }) {
  const layer = useOnMap(controller, newHexagons);
  const { data } = useHexagons();
  useEffect(() => {
    if (data) layer?.show(data);
  }, [layer, data]);
  return null;
}

/** What the colours of hexagons say. */
export function HexagonLegend() {
  const { t } = useTools();
  const { t: page } = useTranslation();
  const language = useLanguage();
  const { data, isError, isPlaceholderData, width } = useHexagons();
  const starts = useMemo(() => classStarts((data ?? []).map(({ count }) => count)), [data]);
  if (isError) return <p className="hint">{page('choropleth.failed')}</p>;
  const sum = data?.reduce((all, { count }) => all + count, 0);
  return (
    <div className="classes" data-width={width} data-sum={sum} aria-busy={isPlaceholderData || !data}>
      <p>{t('hexagons.unit', { width: distance(width, language) })}</p>
      {data?.length === 0 && <p>{t('hexagons.empty')}</p>}
      <ul>
        <ClassItems starts={starts} />
      </ul>
    </div>
  );
}

/** The hexagons of what is seen, panels or not, with what is in them. */
function useHexagons() {
  const { client, map } = useServices();
  const controller = useCell(map);
  const sight = useSight();
  const conditions = useConditions();
  const width = widthAt(sight?.zoom ?? 0);
  const box = sight && controller ? boxParameter(askedBox(boundsOf(controller), width)) : null;
  const query = useQuery({
    queryKey: ['organizations', 'hexagons', width, box, conditions],
    queryFn: ({ signal }) => fetchHexagons(client, box ?? '', width, conditions, signal),
    placeholderData: keepPreviousData,
    enabled: box !== null,
  });
  return { ...query, width };
}

/** Asks for the hexagons of a box with what is in them; they are as wide as so many metres. */
export async function fetchHexagons(
  client: Client,
  box: string,
  width: number,
  conditions: Conditions,
  signal: AbortSignal,
): Promise<Bin[]> {
  const query = { ...conditionParameters(conditions), bbox: box, group_by: `hexagon:${width}` };
  const params = { path: { id: 'organizations' as const }, query };
  const { groups = [] } = await unwrap(client.GET('/ogc/collections/{id}/aggregate', { params, signal }));
  return groups as unknown as Bin[];
}

function boundsOf({ map }: MapController): Box {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}
