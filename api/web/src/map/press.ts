import type { LngLat, MapLibreMap } from 'maplibre-gl';

/** How long a finger rests before it asks, in milliseconds, and how far it may tremble, in pixels. */
const rest = 600;
const tremble = 10;

/**
 * Calls back when one finger rests on the map. Browsers that make a context menu of it say so themselves, and their
 * event comes about as late: the same place is then told twice, which changes nothing.
 */
export function onLongPress(map: MapLibreMap, told: (at: LngLat) => void): void {
  let start = { x: 0, y: 0 };
  let press = 0;
  let asked = false;
  const stop = () => {
    press++;
  };
  map.on('touchstart', (event) => {
    stop();
    asked = false;
    if (event.originalEvent.touches.length !== 1) return;
    start = event.point;
    const mine = press;
    const ask = () => {
      if (mine !== press) return;
      asked = true;
      told(event.lngLat);
    };
    // On a busy page the clock may strike before the end of a short tap is told: that end comes before the next frames.
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(ask)), rest);
  });
  map.on('touchmove', ({ point }) => {
    if (Math.hypot(point.x - start.x, point.y - start.y) > tremble) stop();
  });
  map.on('touchend', (event) => {
    stop();
    // A finger that asked does not click as well.
    if (asked) event.originalEvent.preventDefault();
  });
  for (const end of ['touchcancel', 'movestart'] as const) map.on(end, stop);
}
