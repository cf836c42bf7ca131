import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { exact, type Language } from '../format/number';
import { fillOpacity } from '../map/choropleth';
import { colourOf, type Range, ranges } from '../map/classes';
import { colours } from '../map/layers';
import { useLanguage } from '../services';

/** The ranges of classes with their colours, as items of a list. */
export function ClassItems({ starts }: { starts: readonly number[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return ranges(starts).map(({ from, to }, i) => (
    <li key={from} data-from={from}>
      <Swatch colour={colourOf(i + 1, starts.length)} />
      {rangeText({ from, to }, t, language)}
    </li>
  ));
}

/** The range of a class in words. */
export function rangeText({ from, to }: Range, t: TFunction, language: Language): string {
  if (to === null) return t('choropleth.from', { from: exact(from, language) });
  return from === to ? exact(from, language) : `${exact(from, language)}–${exact(to, language)}`;
}

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
