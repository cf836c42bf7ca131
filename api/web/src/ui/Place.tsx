import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Division } from '../api/client';
import { useDivisionsAt } from '../api/queries';
import { coordinate } from '../format/coordinate';
import { exact, total } from '../format/number';
import { divisionName } from '../format/romanize';
import { useLanguage } from '../services';
import { isOutlineOnly, levelName } from '../state/division';
import { CloseAside } from './CloseAside';
import { useGo } from './go';
import { onArrows } from './keys';
import { AddressHere, Nearest } from './lazyTools';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';

/** What is at a position: its address, the divisions it lies in, its coordinates, and what is nearest. */
export function Place({ at }: { at: readonly [number, number] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [lng, lat] = at;
  return (
    <section className="card place" aria-label={t('place.label')} data-at={at.join()}>
      <CloseAside />
      <h2>{t('place.label')}</h2>
      <Suspense fallback={<Skeleton rows={1} />}>
        <AddressHere at={at} />
      </Suspense>
      <p className="number">{coordinate({ lng, lat }, 'decimal', language)}</p>
      <p className="number quiet-text">{coordinate({ lng, lat }, 'dms', language)}</p>
      <Around at={at} />
      <Suspense>
        <Nearest at={at} />
      </Suspense>
    </section>
  );
}

function Around({ at }: { at: readonly [number, number] }) {
  const { t } = useTranslation();
  const divisions = useDivisionsAt(at);
  if (divisions.isError) return <Problem error={divisions.error} retry={() => void divisions.refetch()} />;
  if (!divisions.data) return <Skeleton rows={4} />;
  const { items } = divisions.data;
  return (
    <>
      <p className="quiet-text place-head" role="status">
        {t(items.length === 0 ? 'place.none' : 'place.divisions')}
      </p>
      <ul className="rows" onKeyDown={onArrows}>
        {items.map((item) => (
          <li key={item.code}>
            <Step division={item} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Step({ division }: { division: Division }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const go = useGo();
  const level = <span className="quiet-text place-level">{t(`level.${levelName(division.level)}`)}</span>;
  if (isOutlineOnly(division)) {
    return (
      <p className="place-outline" data-code={division.code} title={t('place.shapeOnly')}>
        {level}
        <span className="row-label">{divisionName(division, language)}</span>
      </p>
    );
  }
  return (
    <button type="button" data-row data-code={division.code} onClick={() => go.toDivision(division.code)}>
      {level}
      <span className="row-label">{divisionName(division, language)}</span>
      <span className="count" title={exact(division.organizations, language)}>
        {total(division.organizations, language)}
      </span>
    </button>
  );
}
