import { useQuery } from '@tanstack/react-query';
import type { DivisionDetail } from '../../api/client';
import { useServices } from '../services';
import type { Area } from '../state/registration';
import { internal, unwrap } from './client';

/** Reads the outline of a division, as detailed as there is. */
export function useShapeReader(): (division: string) => Promise<Area> {
  const { client } = useServices();
  return async (division) => {
    const params = { path: { code: division } };
    const shape = await unwrap(client.GET('/api/divisions/{code}/shape', { params }));
    return shape.geometry as Area;
  };
}

/** The outline of a division, or of the nearest above it that has one; null when none has. */
export function useOutline(division: string) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['outline', division],
    queryFn: async ({ signal }) => {
      let code: string | null = division;
      while (code !== null) {
        const params: { path: { code: string } } = { path: { code } };
        const known: DivisionDetail = await unwrap(client.GET('/api/divisions/{code}', { params, signal }));
        // A division without an outline has no box either.
        if (known.bbox !== null) return unwrap(client.GET('/api/divisions/{code}/shape', { params, signal }));
        code = known.parent;
      }
      return null;
    },
    staleTime: 300_000,
  });
}

/** How far beyond a drawing neighbours are looked for, in degrees. */
const beyond = 0.0005;

/** Reads the areas round a drawn ring: those that other organizations look after, and the division that it lies in. */
export function useNeighbours(): (ring: [number, number][], division: string | null) => Promise<Area[]> {
  const { client } = useServices();
  const readShape = useShapeReader();
  return async (ring, division) => {
    const lngs = ring.map(([lng]) => lng);
    const lats = ring.map(([, lat]) => lat);
    const box = [
      Math.min(...lngs) - beyond,
      Math.min(...lats) - beyond,
      Math.max(...lngs) + beyond,
      Math.max(...lats) + beyond,
    ];
    const query = { ...internal, bbox: box.join() };
    const [near, shape] = await Promise.all([
      unwrap(client.GET('/api/jurisdictions', { params: { query } })),
      division === null ? null : readShape(division).catch(() => null),
    ]);
    return [...near.items.map(({ geometry }) => geometry as Area), ...(shape ? [shape] : [])];
  };
}
