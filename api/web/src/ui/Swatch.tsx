import { fillOpacity } from '../map/choropleth';
import { colours } from '../map/layers';

/** A colour of a class as it looks on the land; null for what is not known. */
export function Swatch({ colour }: { colour: string | null }) {
  return (
    <span
      className={colour === null ? 'swatch unknown' : 'swatch'}
      style={colour === null ? {} : { background: shownColour(colour) }}
    />
  );
}

function shownColour(colour: string): string {
  return `color-mix(in srgb, ${colour} ${100 * fillOpacity}%, ${colours.land})`;
}
