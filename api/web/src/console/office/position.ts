import type { LocationMove } from '../api/contract';

/** Why there is no position, in the order of the codes of GeolocationPositionError. */
const reasons = ['none', 'denied', 'unavailable', 'late'] as const;
export type Why = (typeof reasons)[number];

/** There is no position. */
export class NoPosition extends Error {
  constructor(readonly why: Why) {
    super(`no position: ${why}`);
  }
}

/** Where the device is, as precisely as it can tell. */
export function devicePosition(): Promise<NonNullable<LocationMove['device']>> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) return reject(new NoPosition('none'));
    navigator.geolocation.getCurrentPosition(
      ({ coords: { longitude, latitude, accuracy } }) =>
        resolve({ location: [longitude, latitude], accuracy_m: accuracy }),
      ({ code }) => reject(new NoPosition(reasons[code] ?? 'none')),
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 },
    );
  });
}
