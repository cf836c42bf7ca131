import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBaseMaps, useBoundarySet } from '../api/queries';
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

/** Who made what is shown, in one line, with the whole of it in a box that opens. */
function Attribution() {
  const { t } = useTranslation();
  const sources = useSources();
  const illustrative = sources.some((source) => source.illustrative);
  return (
    <details className="attribution">
      <summary>
        {illustrative && <strong>{t('status.illustrative')}</strong>}
        {sources.map((source) => (
          <span key={source.what}>{[source.name, source.review].filter(Boolean).join(' · ')}</span>
        ))}
        {sources.length === 0 && <span>{t('status.attribution')}</span>}
      </summary>
      <dl>
        {sources.map((source) => (
          <div key={source.what}>
            <dt>{source.what}</dt>
            <dd>
              {source.name}
              {source.details.map((detail) => (
                <p key={detail}>{detail}</p>
              ))}
            </dd>
          </div>
        ))}
        <div>
          <dt>{t('status.land')}</dt>
          <dd>{t('status.landText')}</dd>
        </div>
      </dl>
    </details>
  );
}

export interface Source {
  what: string;
  name: string;
  review: string;
  illustrative: boolean;
  details: string[];
}

/** The base map and the set of boundaries on the map. */
export function useSources(): Source[] {
  const { t } = useTranslation();
  const base = useUrl((state) => state.base);
  const set = useBoundarySet();
  const item = chosenBase(useBaseMaps().data?.items ?? [], base);
  const review = (number: string) => (number === '' ? '' : t('status.review', { number }));
  const sources: Source[] = [];
  if (item) {
    const details = [review(item.review_number)].filter(Boolean);
    sources.push({
      what: t('layers.base'),
      name: plain(item.attribution) || item.title,
      review: review(item.review_number),
      illustrative: false,
      details,
    });
  }
  if (set) {
    const details = [
      set.source,
      review(set.review_number) || t('status.noReview'),
      set.edition && t('status.edition', { edition: set.edition }),
      set.licence && t('status.licence', { licence: set.licence }),
    ].filter(Boolean);
    const { name, illustrative } = set;
    sources.push({
      what: t('status.boundaries'),
      name,
      review: review(set.review_number),
      illustrative,
      details,
    });
  }
  return sources;
}

/** Attributions of base maps and tiles may hold markup; only their text is shown. */
export function plain(html: string): string {
  return new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '';
}
