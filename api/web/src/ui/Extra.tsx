import { useEffect } from 'react';
import { useTileJSON } from '../api/queries';
import type { MapController } from '../map/controller';
import { addExtra, type Extra } from '../map/extra';
import { dropSource } from '../map/source';
import { useLanguage, useUrl } from '../services';

/** Makes the map show a layer that is off at first while it is on. */
export function ExtraSync({ controller, name }: { controller: MapController; name: Extra }) {
  const about = useTileJSON(name).data;
  const language = useLanguage();
  const division = useUrl((state) => state.division);
  const day = useUrl((state) => state.datetime);
  const filter = name === 'reports' ? division : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter or language makes the layer anew
  useEffect(() => {
    if (!about) return;
    addExtra(controller, name, about);
    return () => dropSource(controller.map, name);
  }, [controller, name, about, language, filter, day]);
  return null;
}
