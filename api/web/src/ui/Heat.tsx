import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConditions, useReportConditions, useTileJSON } from '../api/queries';
import type { MapController } from '../map/controller';
import { Heat, type HeatLayer, heatRamp } from '../map/heat';
import { tileQuery } from '../map/style';
import { queryText, reportParameters } from '../state/conditions';
import { pointsFrom } from '../state/presentation';
import { useSight } from './useInView';

/** Makes the map draw a layer of points as a heat map while it is chosen. */
export function HeatSync({ controller, layer }: { controller: MapController; layer: HeatLayer }) {
  const about = useTileJSON(layer).data;
  const organizations = tileQuery(useConditions());
  const reports = queryText(reportParameters(useReportConditions()));
  const query = layer === 'reports' ? reports : organizations;
  const [heat, setHeat] = useState<Heat | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query is shown, and makes nothing anew
  useEffect(() => {
    if (!about) return;
    const made = new Heat(controller.map, layer, about, window.location.origin, query);
    setHeat(made);
    return () => {
      setHeat(null);
      made.close();
    };
  }, [controller, layer, about]);
  useEffect(() => heat?.show(query), [heat, query]);
  return null;
}

/** What the colours of a heat map say: where there are more than elsewhere in view, and no numbers. */
export function HeatLegend() {
  const { t } = useTranslation();
  const near = (useSight()?.zoom ?? 0) >= pointsFrom;
  return (
    <div className="heat-legend">
      <span
        className="heat-ramp"
        style={{ backgroundImage: `linear-gradient(to right, ${heatRamp.join()})` }}
      />
      <p className="heat-ends">
        <span>{t('heat.few')}</span>
        <span>{t('heat.many')}</span>
      </p>
      <p>{t(near ? 'heat.near' : 'heat.says')}</p>
    </div>
  );
}
