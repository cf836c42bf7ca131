import { useMutation } from '@tanstack/react-query';
import { useEffect, useId } from 'react';
import type { SearchHit } from '../../../../api/client';
import { coordinate } from '../../../../format/coordinate';
import { distance } from '../../../../format/scale';
import { useDelayed } from '../../../../ui/useDelayed';
import { usePlaces, useReading } from '../../../api/registration';
import { useLanguage } from '../../../services';
import type { Reading } from '../../../state/reading';
import type { Filled, Place } from '../../../state/registration';
import { TargetIcon } from '../../icons';
import { devicePosition, NoPosition } from '../../position';
import { useNames } from '../useNames';
import { useWords } from '../useWords';

interface PlaceFieldProps {
  filled: Pick<Filled, 'place' | 'typed' | 'system'>;
  /** Takes what is typed, what that says, and a place from elsewhere. */
  set: (change: Partial<Filled>) => void;
  /** An address that was found with a place. */
  onAddress: (address: string) => void;
  /** Takes the choice of a system, which holds for the next numbers too. */
  onSystem: (system: string) => void;
  /** Where it was before it was altered; null for a new organization. */
  former: Place | null;
  /** Whether it was tried to send the form: what is lacking is an error then. */
  tried: boolean;
}

/**
 * Where it is: a coordinate in any notation, a link, an address, or where this device is. The map beside it is another way.
 * The place is always that of the text in the field: with another text it is gone until that was read.
 */
export function PlaceField({ filled, set, onAddress, onSystem, former, tried }: PlaceFieldProps) {
  const { t } = useWords();
  const id = useId();
  const { place, system } = filled;
  const text = filled.typed.trim();
  const rested = useDelayed(text, 250);
  const reading = useReading(text, system, rested === text);
  const read = text === '' ? undefined : reading.data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per reading
  useEffect(() => {
    if (read?.is === 'coordinate') set({ place: read.place });
  }, [read]);
  const fault = tried && place === null ? faultOf(text, read) : null;
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
          aria-invalid={fault ? true : undefined}
          value={filled.typed}
          onChange={({ target: { value } }) =>
            set(value.trim() === text ? { typed: value } : { typed: value, place: null })
          }
        />
        <Device onChange={(found) => set({ place: found, typed: '' })} />
      </div>
      {fault && (
        <div className="field-error" role="alert">
          {t(fault)}
        </div>
      )}
      <div id={`${id}-read`}>
        {text === '' && place && <Chosen place={place} />}
        {text !== '' && reading.isError && <p className="field-error">{t('place.unread')}</p>}
        {(read?.is === 'coordinate' || read?.is === 'unsure') && (
          <Numbers read={read} onSystem={(chosen) => onSystem(chosen)} />
        )}
        {read?.is === 'link' && <p className="notice">{t('place.link')}</p>}
        {read?.is === 'words' && (
          <Addresses
            text={text}
            value={place}
            onChange={(found, address) => {
              set({ place: found });
              if (address !== undefined) onAddress(address);
            }}
          />
        )}
      </div>
      {former && place === null && (
        <button type="button" className="link" onClick={() => set({ place: former, typed: '' })}>
          {t('place.former')}
        </button>
      )}
    </div>
  );
}

/** Why there is no place. While a text is being read there may be one yet. */
function faultOf(text: string, read: Reading | undefined) {
  if (text === '') return 'form.placeMissing';
  if (read?.is === 'unsure') return 'place.systemMissing';
  if (read?.is === 'link') return 'place.link';
  return read?.is === 'words' ? 'place.unchosen' : null;
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

interface NumbersProps {
  read: Extract<Reading, { is: 'coordinate' | 'unsure' }>;
  onSystem: (system: string) => void;
}

/** What was understood of numbers, and in which other systems they may be; it stands out until one of them was chosen. */
function Numbers({ read, onSystem }: NumbersProps) {
  const { t } = useWords();
  const names = useNames();
  const place = read.is === 'coordinate' ? read.place : null;
  return (
    <div className={place ? 'place-read' : 'place-read unsure'}>
      {place && <Understood place={place} />}
      {read.is === 'coordinate' && read.northFirst && (
        <p className="quiet">{t(read.metres ? 'place.northingFirst' : 'place.northFirst')}</p>
      )}
      {read.choices.length > 0 && (
        <fieldset className="chips place-systems">
          <legend>{t(place ? 'place.from' : 'place.whichSystem')}</legend>
          {read.choices.map((name) => (
            <button
              key={name}
              type="button"
              className="chip"
              aria-pressed={name === place?.crs}
              onClick={() => onSystem(name)}
            >
              {names.system(name)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Understood({ place }: { place: Place }) {
  const { t } = useWords();
  const names = useNames();
  const language = useLanguage();
  return (
    <p role="status">
      {t('place.understood', { system: names.system(place.crs) })}{' '}
      <span className="number">{coordinate(place, 'decimal', language)}</span>
    </p>
  );
}

interface AddressesProps {
  text: string;
  value: Place | null;
  onChange: (place: Place, address?: string) => void;
}

/** Places that an address or a name stands for. */
function Addresses({ text, value, onChange }: AddressesProps) {
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
              <span>{nameOf(hit)}</span>
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
function addressIn(hit: SearchHit): string | undefined {
  return hit.type === 'address' ? nameOf(hit) : undefined;
}

/** An address with the road and number that were typed behind the division that was found. */
function nameOf(hit: SearchHit): string {
  return hit.type === 'address' ? hit.name + hit.rest : hit.name;
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
