import { lazy, Suspense, useEffect } from 'react';
import { coordinate } from '../../../format/coordinate';
import { distance } from '../../../format/scale';
import type { MapController } from '../../../map/controller';
import type { OrganizationDetail } from '../../api/contract';
import { pathOf, useDivisionPath, useOrganization } from '../../api/organizations';
import { useLanguage } from '../../services';
import { rangeOf } from '../../state/contents';
import { Photos } from './Photos';
import type { TabProps } from './tabs';
import { useLinkTo } from './useLinkTo';
import { useNames } from './useNames';
import { useWords } from './useWords';

// What measures areas comes with the map.
const AreaSize = lazy(async () => ({ default: (await import('./AreaSize')).AreaSize }));
const AreaOnMap = lazy(() => import('./form/AreaOnMap'));
const PlaceMap = lazy(() => import('./PlaceMap'));
const Plans = lazy(() => import('./plans/Plans'));

/** All that is said of an organization, and where it is. */
export function Overview({ organization }: TabProps) {
  return (
    <div className="overview">
      <div className="overview-facts blocks">
        <Suspense fallback={null}>
          <Plans organization={organization} />
        </Suspense>
        <Identity organization={organization} />
        <Place organization={organization} />
        <Contact organization={organization} />
        <Record organization={organization} />
        <Photos id={organization.id} />
      </div>
      <OrganizationMap organization={organization} />
    </div>
  );
}

/** One part of the facts; what is not given is said to be so. */
function Facts({ title, facts }: { title: string; facts: readonly (readonly [string, React.ReactNode])[] }) {
  const { t } = useWords();
  return (
    <section className="block">
      <h3>{title}</h3>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === '' || value === null ? <span className="quiet">{t('none')}</span> : value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Identity({ organization }: TabProps) {
  const { t } = useWords();
  const names = useNames();
  return (
    <Facts
      title={t('part.identity')}
      facts={[
        [t('field.name'), organization.name],
        [t('field.short_name'), organization.short_name],
        [t('field.kind'), names.kind(organization.kind)],
        [t('field.level'), names.level(organization.level)],
        [t('field.parent'), <Superior key="parent" id={organization.parent} />],
        [t('field.status'), t(`status.${organization.status}`)],
      ]}
    />
  );
}

function Superior({ id }: { id: number | null }) {
  const { t } = useWords();
  const superior = useOrganization(id);
  const linkTo = useLinkTo();
  if (id === null) return <span className="quiet">{t('top')}</span>;
  // A superior outside of what one looks after is known by its number only.
  return <a href={linkTo(id)}>{superior.data?.name ?? id}</a>;
}

function Place({ organization }: TabProps) {
  const { t } = useWords();
  const language = useLanguage();
  const names = useNames();
  const [lng = 0, lat = 0] = organization.location;
  const metres = organization.location_accuracy_m;
  return (
    <Facts
      title={t('part.place')}
      facts={[
        [t('field.division'), <DivisionPath key="division" code={organization.division} />],
        [t('field.address'), organization.address],
        [
          t('field.location'),
          <span key="location" className="number">
            {coordinate({ lng, lat }, 'decimal', language)}
          </span>,
        ],
        [t('field.location_state'), t(`translation:locationState.${organization.location_state}`)],
        [t('field.location_source'), names.source(organization.location_source)],
        [
          t('field.location_accuracy_m'),
          metres > 0 ? t('accuracyValue', { distance: distance(metres, language) }) : t('accuracyUnknown'),
        ],
        [t('field.source_crs'), names.system(organization.source_crs)],
        [
          t('area.label'),
          organization.jurisdiction && (
            <Suspense key="area">
              <AreaSize area={organization.jurisdiction} />
            </Suspense>
          ),
        ],
      ]}
    />
  );
}

function DivisionPath({ code }: { code: string }) {
  const { data } = useDivisionPath(code);
  if (!data) return <span className="number">{code}</span>;
  return (
    <>
      {pathOf(data)} <span className="number quiet">{code}</span>
    </>
  );
}

function Contact({ organization }: TabProps) {
  const { t } = useWords();
  const { phone, code, uscc } = organization;
  return (
    <Facts
      title={t('part.contact')}
      facts={[
        [t('field.phone'), phone && <a href={`tel:${phone}`}>{phone}</a>],
        [t('field.code'), code],
        [t('field.uscc'), uscc],
      ]}
    />
  );
}

function Record({ organization }: TabProps) {
  const { t } = useWords();
  const { valid_from: from, valid_to: to } = organization;
  return (
    <Facts
      title={t('part.record')}
      facts={[
        [t('field.valid'), t(`valid.${rangeOf(from, to)}`, { from, to })],
        [t('field.version'), t('versionValue', { version: organization.version })],
      ]}
    />
  );
}

function OrganizationMap({ organization }: TabProps) {
  const { t } = useWords();
  const [lng = 0, lat = 0] = organization.location;
  const large = `/?selected=${organization.id}#map=16/${lat}/${lng}`;
  return (
    <div className="overview-map">
      <Suspense fallback={<div className="place-map" />}>
        <PlaceMap label={t('map.label', { name: organization.name })} view={{ zoom: 15, lng, lat }}>
          {(controller) => (
            <>
              <Marked controller={controller} organization={organization} />
              {organization.jurisdiction && (
                <Suspense>
                  <AreaOnMap controller={controller} area={organization.jurisdiction} drawing={null} />
                </Suspense>
              )}
            </>
          )}
        </PlaceMap>
      </Suspense>
      {organization.status === 'active' && <a href={large}>{t('map.open')}</a>}
    </div>
  );
}

/** Shows on the map where the organization is, and how far off that may be. */
function Marked({
  controller,
  organization,
}: {
  controller: MapController;
  organization: OrganizationDetail;
}) {
  useEffect(() => {
    const [lng = 0, lat = 0] = organization.location;
    controller.setSelected(organization);
    controller.flyTo(lng, lat);
    // What draws the circle has come with the map.
    void import('../../../map/accuracy').then(({ showAccuracy }) => {
      if (controller.map.style) showAccuracy(controller.map, [lng, lat], organization.location_accuracy_m);
    });
  }, [controller, organization]);
  return null;
}
