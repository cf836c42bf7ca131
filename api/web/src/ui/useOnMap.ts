import type { MapLibreMap } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import type { MapController } from '../map/controller';

/** Puts something onto the map, and takes it away with the component; null before. make is the same from call to call. */
export function useOnMap<T extends { close(): void }>(
  controller: MapController | null,
  make: (map: MapLibreMap) => T,
): T | null {
  const [shown, setShown] = useState<T | null>(null);
  useEffect(() => {
    if (!controller) return;
    const made = make(controller.map);
    setShown(made);
    return () => {
      setShown(null);
      made.close();
    };
  }, [controller, make]);
  return shown;
}
