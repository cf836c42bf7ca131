import { type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { DivisionCounts } from '../api/client';
import { type CountsRequest, divisionCountsQuery, useBoundarySet, useConditions } from '../api/queries';
import { type Counts, countiesInView } from '../map/choropleth';
import { useServices, useUrl } from '../services';
import { useCell } from '../state/cell';
import { isGroup, type Level, levelAtZoom, levelName, levelOf } from '../state/division';
import { useSight } from './useInView';

/** A view of townships asks at most this many counties; there are fewer in any sensible one. */
const mostCounties = 60;

export interface ChoroplethData {
  level: Level;
  counts: Counts;
  /** Whether every number has arrived. */
  complete: boolean;
  error: unknown;
}

/** Organizations of the divisions that the map draws: their level follows the zoom, their numbers the filter. */
export function useChoropleth(): ChoroplethData {
  const { client } = useServices();
  const sight = useSight();
  const level = drawnLevel(sight?.zoom ?? 0, useBoundarySet()?.deepest_level);
  const division = useUrl((state) => state.division);
  const conditions = useConditions();
  const counties = useCounties(level === 4, division);
  const requests = requestsOf(level, division, counties);
  const ready = sight !== null;
  const combine = useCallback(
    (answers: Answer[]): ChoroplethData => ({
      level,
      counts: new Map(answers.flatMap(({ data }) => data?.items.filter(drawnAt(level)).map(countOf) ?? [])),
      complete: ready && answers.every(({ isPending }) => !isPending),
      error: answers.find(({ error }) => error !== null)?.error ?? null,
    }),
    [level, ready],
  );
  return useQueries({
    queries: requests.map((request) => divisionCountsQuery(client, request, conditions)),
    combine,
  });
}

type Answer = UseQueryResult<DivisionCounts>;

/** The level that the map draws at a zoom: not a deeper one than there are outlines of. */
export function drawnLevel(zoom: number, deepest: number | undefined): Level {
  return Math.min(levelAtZoom(zoom), deepest ?? 5) as Level;
}

/**
 * Among the prefectures, maps draw the municipalities and the counties directly below a province, under their own codes
 * and not under those that group them.
 */
export function drawnAt(level: Level): (item: { code: string }) => boolean {
  return ({ code }) =>
    level !== 2 ||
    (!isGroup(code) && (levelOf(code) === 2 || /^(11|12|31|50)0{10}$|^\d\d90\d\d0{6}$/.test(code)));
}

function countOf({ code, organizations }: DivisionCounts['items'][number]): [string, number] {
  return [code, organizations];
}

/** What is asked for: a level of the country or of the chosen division, and of townships each county in view. */
export function requestsOf(
  level: Level,
  division: string | null,
  counties: readonly string[],
): CountsRequest[] {
  if (level === 4) return counties.slice(0, mostCounties).map((within) => ({ by: 'township', within }));
  const within = division !== null && levelOf(division) < level ? division : null;
  const levels: Level[] = level === 2 ? [2, 1, 3] : [level];
  return levels.map((one) => ({ by: levelName(one) as CountsRequest['by'], within }));
}

function useCounties(wanted: boolean, division: string | null): readonly string[] {
  const controller = useCell(useServices().map);
  const [counties, setCounties] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!controller || !wanted) return;
    const update = () => {
      const now = countiesInView(controller.map, division);
      setCounties((before) => (before.join() === now.join() ? before : now));
    };
    update();
    controller.map.on('idle', update);
    return () => {
      controller.map.off('idle', update);
    };
  }, [controller, wanted, division]);
  return counties;
}
