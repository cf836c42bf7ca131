import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DivisionShape } from '../api/client';
import { useBaseMaps, useShape } from '../api/queries';
import { coordinate, type Degrees, type Notation } from '../format/coordinate';
import { metresPerPixel, roundDistance } from '../format/scale';
import { chosenBase } from '../map/basemap';
import { useLanguage, useServices, useUrl } from '../services';
import { Cell, useCell } from '../state/cell';
import { useSight } from './useInView';

/** The foot of the map: scale, coordinates, and where the data comes from. */
export function Status() {
  return (
    <footer className="status">
      <Scale />
      <Coordinates />
      <Attribution />
    </footer>
  );
}

/** The longest scale bar, in pixels. */
const scaleWidth = 96;

function Scale() {
  const { t } = useTranslation();
  const sight = useSight();
  if (!sight) return null;
  const perPixel = metresPerPixel(sight.zoom, sight.lat);
  const metres = roundDistance(perPixel * scaleWidth);
  const text = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return (
    <span className="scale" role="img" aria-label={`${t('status.scale')}: ${text}`}>
      <span className="scale-bar" style={{ inlineSize: metres / perPixel }} />
      {text}
    </span>
  );
}

const noPointer = new Cell<Degrees | null>(null);

function Coordinates() {
  const { t } = useTranslation();
  const language = useLanguage();
  const controller = useCell(useServices().map);
  const pointer = useCell(controller?.pointer ?? noPointer);
  const sight = useSight();
  const [notation, setNotation] = useState<Notation>('decimal');
  const centre = sight && { lng: (sight.box[0] + sight.box[2]) / 2, lat: sight.lat };
  const at = pointer ?? centre;
  if (!at) return null;
  const hint = t(pointer ? 'status.pointer' : 'status.centre');
  return (
    <button
      type="button"
      className="coordinates number"
      title={hint}
      onClick={() => setNotation((now) => (now === 'decimal' ? 'dms' : 'decimal'))}
    >
      <span className="visually-hidden">{hint} </span>
      {coordinate(at, notation, language)}
    </button>
  );
}

const notIllustrative = new Cell(false);

/** Who made what is shown, with review numbers, and whether boundaries are illustrative. */
function Attribution() {
  const { t } = useTranslation();
  const controller = useCell(useServices().map);
  const seen = useCell(controller?.illustrative ?? notIllustrative);
  const division = useUrl((state) => state.division);
  const base = useUrl((state) => state.base);
  const shape = useShape(division).data;
  const item = chosenBase(useBaseMaps().data?.items ?? [], base);
  const set = shape?.properties.set;
  const sources = [
    ...(item
      ? [item.attribution, item.review_number && t('status.review', { number: item.review_number })]
      : []),
    ...(set
      ? setTexts(set, (number) => t('status.review', { number }))
      : plainTexts(controller?.attributions ?? [])),
  ].filter((text): text is string => Boolean(text));
  return (
    <p className="attribution" title={t('status.attribution')}>
      {(seen || set?.illustrative) && <strong>{t('status.illustrative')}</strong>}
      {[...new Set(sources)].map((text) => (
        <span key={text}>{text}</span>
      ))}
    </p>
  );
}

type Set_ = DivisionShape['properties']['set'];

function setTexts(set: Set_, review: (number: string) => string): (string | null)[] {
  return [set.source || set.name, set.edition || null, set.review_number ? review(set.review_number) : null];
}

/** Attributions may hold markup; only their text is shown. */
function plainTexts(attributions: readonly string[]): string[] {
  return attributions.map(
    (html) => new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '',
  );
}
