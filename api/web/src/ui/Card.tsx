import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Organization } from '../api/client';
import { ProblemError } from '../api/client';
import { useDivision, useOrganization, useVersions } from '../api/queries';
import { coordinate } from '../format/coordinate';
import { divisionName } from '../format/romanize';
import { distance } from '../format/scale';
import { useLanguage, useServices } from '../services';
import { pathOf } from '../state/division';
import { CloseAside } from './CloseAside';
import { CopyLink } from './CopyLink';
import { Fact } from './Fact';
import { useGo } from './go';
import { TargetIcon } from './icons';
import { Mark } from './Mark';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';
import { useKindName } from './useKinds';

/** The card of the selected organization. */
export function Card({ id }: { id: number }) {
  const { t } = useTranslation();
  const organization = useOrganization(id);
  return (
    <section className="card" aria-label={t('card.label')} data-id={id}>
      <CloseAside />
      {organization.isError ? (
        <Missing error={organization.error} retry={() => void organization.refetch()} />
      ) : organization.data ? (
        <Content organization={organization.data} />
      ) : (
        <Skeleton rows={7} />
      )}
    </section>
  );
}

function Missing({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ProblemError && error.status === 404)
    return <p className="empty">{t('card.missing')}</p>;
  return <Problem error={error} retry={retry} />;
}

function Content({ organization }: { organization: Organization }) {
  const kindName = useKindName();
  const heading = useRef<HTMLHeadingElement>(null);
  // The card tells a screen reader whom it is about as soon as it changes, without taking the keyboard away.
  return (
    <>
      <p className="card-kind">
        <Mark kind={organization.kind} hollow={organization.location_state === 'reported'} />
        {kindName(organization.kind)}
      </p>
      <h2 ref={heading} aria-live="polite">
        {organization.name}
      </h2>
      <Path code={organization.division} />
      <Facts organization={organization} />
      <Actions organization={organization} />
      <History id={organization.id} key={organization.id} />
    </>
  );
}

/** The way from the province down to the organization's own division; each step chooses that division. */
function Path({ code }: { code: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useDivision(code);
  const go = useGo();
  if (!data) return null;
  return (
    <p className="path">
      <span className="visually-hidden">{t('card.division')}</span>
      {pathOf(data).map((step) => {
        const name = divisionName(step, language);
        return step.level < 5 ? (
          <button key={step.code} type="button" className="link" onClick={() => go.toDivision(step.code)}>
            {name}
          </button>
        ) : (
          <span key={step.code}>{name}</span>
        );
      })}
    </p>
  );
}

function Facts({ organization }: { organization: Organization }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [lng = 0, lat = 0] = organization.location;
  const accuracy = organization.location_accuracy_m;
  return (
    <dl className="facts">
      <Fact name={t('card.address')}>{organization.address}</Fact>
      <Fact name={t('card.phone')}>
        {organization.phone && <a href={`tel:${organization.phone}`}>{organization.phone}</a>}
      </Fact>
      <Fact name={t('card.coordinates')}>
        <span className="number">{coordinate({ lng, lat }, 'decimal', language)}</span>
        <br />
        <span className="number quiet-text">{coordinate({ lng, lat }, 'dms', language)}</span>
      </Fact>
      <Fact name={t('card.accuracy')}>
        {accuracy > 0
          ? t('card.accuracyValue', { distance: distance(accuracy, language) })
          : t('card.accuracyUnknown')}
      </Fact>
      <Fact name={t('card.state')}>{t(`locationState.${organization.location_state}`)}</Fact>
      <Fact name={t('card.source')}>
        {t(`locationSource.${organization.location_source as 'map'}`, {
          defaultValue: organization.location_source,
        })}
      </Fact>
      <Fact name={t('card.code')}>
        {organization.code && <span className="number">{organization.code}</span>}
      </Fact>
      <Fact name={t('card.uscc')}>
        {organization.uscc && <span className="number">{organization.uscc}</span>}
      </Fact>
    </dl>
  );
}

function Actions({ organization }: { organization: Organization }) {
  const { t } = useTranslation();
  const { map } = useServices();
  const [lng = 0, lat = 0] = organization.location;
  const locate = () => {
    const controller = map.get();
    controller?.flyTo(lng, lat, Math.max(16, controller.map.getZoom()));
  };
  return (
    <div className="actions">
      <button type="button" className="button" onClick={locate}>
        <TargetIcon /> {t('card.locate')}
      </button>
      <CopyLink />
    </div>
  );
}

function History({ id }: { id: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const versions = useVersions(id, open);
  const time = (text: string) =>
    new Date(text).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', {
      dateStyle: 'medium',
      timeStyle: 'short',
    });
  return (
    <details className="history" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('card.history')}</summary>
      {versions.isError && <Problem error={versions.error} retry={() => void versions.refetch()} />}
      {versions.isPending && open && <Skeleton rows={2} />}
      <ol>
        {versions.data?.items.map((item) => (
          <li key={`${item.version}-${item.valid_from}-${item.recorded_from}`}>
            <strong>{t('card.version', { version: item.version })}</strong>
            {item.recorded_to === null && <span className="badge">{t('card.current')}</span>}
            <span>{item.name}</span>
            <span className="quiet-text">
              {t('card.valid')} <Validity from={item.valid_from} to={item.valid_to} /> ·{' '}
              {t('card.recorded', { time: time(item.recorded_from) })}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Validity({ from, to }: { from: string | null; to: string | null }) {
  const { t } = useTranslation();
  if (from && to) return <>{t('card.until', { from, to })}</>;
  return <>{from ? t('card.since', { day: from }) : t('card.always')}</>;
}
