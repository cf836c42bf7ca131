import { useTranslation } from 'react-i18next';
import { useBoundarySet } from '../api/queries';
import type { Sight } from '../map/controller';
import { shareOfCountry } from '../map/country';
import { useSight } from './useInView';

/** Up to this zoom the sea belongs to the view of the country. */
const widest = 5.5;

/** From this share of the country on a view counts as one of the whole. */
const large = 0.08;

/** Says that the boundaries on the map lack the line in the South China Sea while much of the country is in view. */
export function Caution({ beside = false }: { beside?: boolean }) {
  const { t } = useTranslation();
  const set = useBoundarySet();
  const sight = useSight();
  const needed = set?.incomplete === true && isWide(sight);
  return (
    <div className={beside ? 'caution beside-panel' : 'caution'} hidden={!needed}>
      <p role="status">{needed && t('caution.incomplete', { name: set.name })}</p>
      {needed && (
        <details>
          <summary>{t('caution.how')}</summary>
          <p>{t('caution.howText')}</p>
          <code>{command(set.name)}</code>
        </details>
      )}
    </div>
  );
}

/** Whether so much of the country is in view that its line in the sea belongs to it. */
export function isWide(sight: Pick<Sight, 'zoom' | 'box'> | null): boolean {
  return sight !== null && sight.zoom <= widest && shareOfCountry(sight.box) >= large;
}

/** What the operator types: lines of the same name join the set; the other facts are those of the file of lines. */
function command(name: string): string {
  const facts = ['source', 'review-number', 'edition', 'crs', 'licence'].map((flag) => `--${flag} …`);
  return `jingwei import boundaries LINES.geojson --name '${name}' ${facts.join(' ')}`;
}
