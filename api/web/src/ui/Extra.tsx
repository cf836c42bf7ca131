import { useEffect } from 'react';
import { useReportConditions, useTileJSON } from '../api/queries';
import type { MapController } from '../map/controller';
import { addExtra, type Extra } from '../map/extra';
import { dropSource } from '../map/source';
import { dayQuery } from '../map/style';
import { useLanguage } from '../services';
import { queryText, reportParameters } from '../state/conditions';

/** Makes the map show a layer that is off at first while it is on. */
export function ExtraSync({ controller, name }: { controller: MapController; name: Extra }) {
  const about = useTileJSON(name).data;
  const language = useLanguage();
  const conditions = useReportConditions();
  const query = name === 'reports' ? queryText(reportParameters(conditions)) : dayQuery(conditions.day);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another language makes the layer anew
  useEffect(() => {
    if (!about) return;
    addExtra(controller, name, about, query);
    return () => dropSource(controller.map, name);
  }, [controller, name, about, language, query]);
  return null;
}
