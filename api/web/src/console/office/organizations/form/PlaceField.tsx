import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { coordinate } from '../../../../format/coordinate';
import { distance } from '../../../../format/scale';
import { useDelayed } from '../../../../ui/useDelayed';
import { useCoordinates, usePlaces } from '../../../api/registration';
import { useLanguage } from '../../../services';
import { accuracyOf, type Place } from '../../../state/registration';
import { TargetIcon } from '../../icons';
import { devicePosition, NoPosition } from '../../position';
import { useWords } from '../useWords';

interface PlaceFieldProps {
  value: Place | null;
  onChange: (place: Place, address?: string) => void;
  error?: React.ReactNode;
}

/** Systems that one can choose for numbers that do not say theirs. */
const systems = ['EPSG:4326', 'gcj02', 'bd09'] as const;

/** Names of systems of coordinates as people know them; one that they do not know stands for itself. */
function useSystemName(): (system: string) => string {
  const { t } = useWords();
  return (system) =>
    t(`system.${system.toLowerCase().replace(':', '') as 'gcj02'}`, { defaultValue: system });
}

/** Where it is: a coordinate in any notation, a link, an address, or where this device is. The map beside it is another way. */
export function PlaceField({ value, onChange, error }: PlaceFieldProps) {
  const { t } = useWords();
  const id = useId();
  const [text, setText] = useState(value?.text ?? '');
  const rested = useDelayed(text.trim(), 250);
  const elsewhere = value && value.text === '' ? `${value.source} ${value.lng} ${value.lat}` : null;
  // What the map or the device says replaces what was typed.
  useEffect(() => {
    if (elsewhere !== null) setText('');
  }, [elsewhere]);
  return (
    <div className="field">
      <label htmlFor={id}>{t('place.label')}</label>
      <div className="place-line">
        <input
          id={id}
          className="input"
          type="text"
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          placeholder={t('place.example')}
          aria-describedby={`${id}-read`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Device onChange={onChange} />
      </div>
      <div id={`${id}-read`}>
        {text.trim() === '' || rested === '' ? (
          value && value.text === '' && <Chosen place={value} />
        ) : (
          <Read key={rested} text={rested} value={value} onChange={onChange} />
        )}
      </div>
      {error && (
        <div className="field-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}

/** A place that was chosen otherwise than by a text. */
function Chosen({ place }: { place: Place }) {
  const { t } = useWords();
  const language = useLanguage();
  const source = t(`translation:locationSource.${place.source as 'map'}`);
  return (
    <p className="place-read" role="status">
      <strong>{source}</strong> <span className="number">{coordinate(place, 'decimal', language)}</span>
      {place.accuracy > 0 && ` · ${t('accuracyValue', { distance: distance(place.accuracy, language) })}`}
    </p>
  );
}

interface ReadProps {
  text: string;
  value: Place | null;
  onChange: (place: Place, address?: string) => void;
}

/** What was understood of a text: a coordinate and its system, with what else it may mean, else places of that name. */
function Read({ text, value, onChange }: ReadProps) {
  const { t } = useWords();
  const systemName = useSystemName();
  const [crs, setCrs] = useState<string | null>(value?.text === text ? value.crs : null);
  const reading = useCoordinates(text, crs);
  const read = reading.data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per reading
  useEffect(() => {
    if (!read) return;
    const [lng = 0, lat = 0] = read.wgs84;
    const { system, cell_degrees: cell } = read.understood;
    onChange({ lng, lat, text, crs: system, source: 'registered', accuracy: accuracyOf(text, cell) });
  }, [read]);
  if (reading.isPending) return null;
  if (reading.isError) return <p className="field-error">{t('place.unread')}</p>;
  if (!read) return <Addresses text={text} value={value} onChange={onChange} />;
  const [lng = 0, lat = 0] = read.wgs84;
  const { told, system } = read.understood;
  const others = (read.others ?? []).map((other) => other.understood.system);
  const choices = told && crs === null ? [] : [...new Set([...systems, system, ...others])];
  return (
    <div className="place-read">
      <Understood system={system} lng={lng} lat={lat} />
      {choices.length > 0 && (
        <fieldset className="chips place-systems">
          <legend>{t('place.from')}</legend>
          {choices.map((name) => (
            <button
              key={name}
              type="button"
              className="chip"
              aria-pressed={name === system}
              onClick={() => setCrs(name)}
            >
              {systemName(name)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Understood({ system, lng, lat }: { system: string; lng: number; lat: number }) {
  const { t } = useWords();
  const systemName = useSystemName();
  const language = useLanguage();
  return (
    <p role="status">
      {t('place.understood', { system: systemName(system) })}{' '}
      <span className="number">{coordinate({ lng, lat }, 'decimal', language)}</span>
    </p>
  );
}

/** Places that an address or a name stands for. */
function Addresses({ text, value, onChange }: ReadProps) {
  const { t } = useWords();
  const language = useLanguage();
  const places = usePlaces(text);
  if (places.isError) return <p className="field-error">{t('place.unread')}</p>;
  if (places.isPending) return <p className="quiet">{t('place.searching')}</p>;
  if (places.data.length === 0) return <p className="quiet">{t('place.none')}</p>;
  return (
    <ul className="place-hits" aria-label={t('place.hits')}>
      {places.data.map((hit) => {
        const [lng = 0, lat = 0] = hit.location ?? [];
        const accuracy = reachOf(hit);
        const isDivision = hit.type === 'division';
        const chosen = value?.lng === lng && value.lat === lat;
        return (
          <li key={`${hit.type}-${hit.name}-${lng}-${lat}`}>
            <button
              type="button"
              className={chosen ? 'found-one chosen' : 'found-one'}
              aria-pressed={chosen}
              onClick={() =>
                onChange(
                  {
                    lng,
                    lat,
                    accuracy,
                    text,
                    crs: 'EPSG:4326',
                    source: isDivision ? 'division' : 'geocoded',
                  },
                  addressIn(hit),
                )
              }
            >
              <span>{hit.name}</span>
              <span className="quiet">
                {[hit.context, accuracy > 0 && t('accuracyValue', { distance: distance(accuracy, language) })]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The address that a hit is; undefined when it is something else. */
function addressIn({ type, name }: { type: string; name: string }): string | undefined {
  return type === 'address' ? name : undefined;
}

/** How far off a hit may be, in metres: as it says itself, else half of its box, else what a point on a map is. */
function reachOf(hit: object): number {
  if ('accuracy_m' in hit && typeof hit.accuracy_m === 'number') return hit.accuracy_m;
  if ('bbox' in hit && Array.isArray(hit.bbox)) {
    const [west = 0, south = 0, east = 0, north = 0] = hit.bbox as number[];
    const high = (north - south) * 111_000;
    const wide = (east - west) * 111_000 * Math.cos((((south + north) / 2) * Math.PI) / 180);
    return Math.round(Math.hypot(high, wide) / 2);
  }
  return 100;
}

/** Where this device is, as exactly as it knows. */
function Device({ onChange }: { onChange: (place: Place) => void }) {
  const { t } = useWords();
  const ask = useMutation({
    mutationFn: devicePosition,
    onSuccess: ({ location: [lng = 0, lat = 0], accuracy_m }) => {
      const accuracy = Math.max(1, Math.ceil(accuracy_m));
      onChange({ lng, lat, accuracy, text: '', crs: 'EPSG:4326', source: 'device' });
    },
  });
  if (!('geolocation' in navigator)) return null;
  const denied = ask.error instanceof NoPosition && ask.error.why === 'denied';
  return (
    <>
      <button type="button" className="button device" aria-busy={ask.isPending} onClick={() => ask.mutate()}>
        <TargetIcon />
        {t(ask.isPending ? 'place.locating' : 'place.device')}
      </button>
      {ask.isError && (
        <span className="field-error" role="alert">
          {t(denied ? 'place.denied' : 'place.unavailable')}
        </span>
      )}
    </>
  );
}
