import { lazy, Suspense, useEffect } from 'react';
import { coordinate } from '../../../format/coordinate';
import type { OrganizationDetail, Verification } from '../../api/contract';
import { pathOf, useDivisionPath, useOrganizationDetail } from '../../api/organizations';
import { useLanguage } from '../../services';
import { useNames } from '../organizations/useNames';
import { Accuracy } from './Accuracy';
import type { Draft } from './useDraft';
import { useWords } from './useWords';

const PlaceOnMap = lazy(() => import('./PlaceOnMap'));

/** What the location is compared with: the map with its division and jurisdiction, and what is said of the place. */
export function Place({ verification, draft }: { verification: Verification; draft: Draft }) {
  const { t } = useWords();
  const organization = useOrganizationDetail(verification.id);
  const { data, refetch } = organization;
  const behind = data !== undefined && data.version < verification.version;
  useEffect(() => {
    if (behind) void refetch();
  }, [behind, refetch]);
  if (!data) return null;
  return (
    <section className="block place" aria-label={t('place.title')}>
      <Suspense fallback={<div className="place-map" />}>
        <PlaceOnMap organization={data} wrong={verification.findings.some((one) => one.contradicts)} />
      </Suspense>
      <Said organization={data} draft={draft} />
    </section>
  );
}

function Said({ organization, draft }: { organization: OrganizationDetail; draft: Draft }) {
  const { t } = useWords();
  const language = useLanguage();
  const names = useNames();
  const division = useDivisionPath(organization.division);
  const [lng = 0, lat = 0] = organization.location;
  return (
    <dl className="facts">
      <div>
        <dt>{t('place.coordinate')}</dt>
        <dd>
          <span className="number">{coordinate({ lng, lat }, 'decimal', language)}</span>{' '}
          <span className="quiet">{names.source(organization.location_source)}</span>
        </dd>
      </div>
      <div>
        <dt>{t('place.accuracy')}</dt>
        <dd>
          <Accuracy organization={organization} onStated={draft.own} />
        </dd>
      </div>
      <div>
        <dt>{t('place.address')}</dt>
        <dd>{organization.address || <span className="quiet">{t('place.none')}</span>}</dd>
      </div>
      <div>
        <dt>{t('place.division')}</dt>
        <dd>{division.data ? pathOf(division.data) : organization.division}</dd>
      </div>
    </dl>
  );
}
