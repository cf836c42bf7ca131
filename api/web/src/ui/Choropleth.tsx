import type { MapLibreMap } from 'maplibre-gl';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { exact } from '../format/number';
import { Choropleth } from '../map/choropleth';
import { classStarts, zeroColour } from '../map/classes';
import type { MapController } from '../map/controller';
import { useLanguage, useUrl } from '../services';
import { levelName } from '../state/division';
import { useCountedOnly } from './conditions/useWords';
import { ClassItems, Swatch } from './Swatch';
import { useChoropleth } from './useChoropleth';
import { useOnMap } from './useOnMap';

const newChoropleth = (map: MapLibreMap) => new Choropleth(map);

/** Makes the map fill its divisions while the layer is on. */
export function ChoroplethSync({ controller }: { controller: MapController }) {
  const choropleth = useOnMap(controller, newChoropleth);
  const { counts, complete } = useChoropleth();
  useEffect(() => {
    // Numbers of the level before stay on the map until those of the next are complete.
    if (complete) choropleth?.show(counts);
  }, [choropleth, counts, complete]);
  return null;
}

/** What the colours say: the ranges of the classes, zero, and divisions of which nothing is known. */
export function ChoroplethLegend() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { level, counts, complete, error } = useChoropleth();
  const starts = useMemo(() => classStarts([...counts.values()]), [counts]);
  const name = t(`level.${levelName(level)}`).toLocaleLowerCase(language);
  if (error) return <p className="hint">{t('choropleth.failed')}</p>;
  return (
    <div className="classes" data-level={level} data-complete={complete} aria-busy={!complete}>
      <p>{t('choropleth.unit', { level: name })}</p>
      <KindsCounted />
      <ul>
        <ClassItems starts={starts} />
        <li>
          <Swatch colour={zeroColour} /> {exact(0, language)}
        </li>
        <li>
          <Swatch colour={null} /> {t('choropleth.none')}
        </li>
      </ul>
      <p className="visually-hidden">{t('choropleth.table')}</p>
    </div>
  );
}

/** Which organizations are counted, when not all are: the switches of kinds do not tell while their layer is off. */
function KindsCounted() {
  const { t } = useTranslation();
  const kinds = useUrl((state) => state.kinds);
  const only = useCountedOnly();
  if (only === '') return null;
  return <p data-kinds={kinds?.join() ?? ''}>{t('choropleth.kinds', { kinds: only })}</p>;
}
