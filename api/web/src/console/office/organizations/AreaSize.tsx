import { measureRing } from '../../../tools/geodesy';
import { type Area, cornersOf } from '../../state/registration';
import { useWords } from './useWords';

/** How large an area is, and of how many corners. */
export function AreaSize({ area }: { area: Area }) {
  const { t } = useWords();
  const rings = area.coordinates as number[][][][];
  const metres = rings.reduce(
    (sum, polygon) =>
      sum + polygon.reduce((part, ring, i) => part + (i === 0 ? 1 : -1) * measureRing(ring).area, 0),
    0,
  );
  return (
    <>{t('area.size', { km2: (metres / 1e6).toFixed(metres < 1e6 ? 3 : 1), corners: cornersOf(area) })}</>
  );
}
