import { useTranslation } from 'react-i18next';
import {
  useCodes,
  useDivision,
  useGrid,
  useOrganization,
  useReportAt,
  useReportCategories,
} from '../api/queries';
import { divisionName } from '../format/romanize';
import { groupOf } from '../map/reportGroups';
import { useLanguage } from '../services';
import { pathOf } from '../state/division';
import type { Picked } from '../state/url';
import { CloseAside } from './CloseAside';
import { Fact } from './Fact';
import { useGo } from './go';
import { GroupMark } from './Mark';
import { Problem } from './Problem';
import { Skeleton } from './Skeleton';

/** The card of a report or a grid that was chosen on the map. */
export function PickedCard({ picked }: { picked: Picked }) {
  const { t } = useTranslation();
  return (
    <section
      className="card"
      aria-label={t(`${picked.what}.label`)}
      data-picked={`${picked.what} ${picked.id}`}
    >
      <CloseAside />
      {picked.what === 'report' ? <Report picked={picked} /> : <Grid picked={picked} />}
    </section>
  );
}

function Report({ picked }: { picked: Picked }) {
  const { t } = useTranslation();
  const report = useReportAt(picked);
  const category = useReportCategories();
  const state = useCodes('report_state');
  if (report.isError) return <Problem error={report.error} retry={() => void report.refetch()} />;
  if (report.isPending) return <Skeleton rows={5} />;
  if (!report.data) return <p className="empty">{t('report.missing')}</p>;
  const { data } = report;
  const group = groupOf(data.category).name;
  return (
    <>
      <p className="card-kind">
        <GroupMark group={group} /> {t(`reports.group.${group}`)}
      </p>
      <h2 aria-live="polite">{category(data.category)}</h2>
      <dl className="facts">
        <Fact name={t('report.status')}>
          {t(`report.statusOf.${data.status as 'open'}`, { defaultValue: data.status })}
        </Fact>
        <Fact name={t('report.state')}>{state(data.state)}</Fact>
        <Fact name={t('report.received')}>
          <span className="number">{data.received_on}</span>
        </Fact>
        <DivisionFact code={data.division} />
      </dl>
      <p className="quiet-text">{t('report.generalised')}</p>
    </>
  );
}

function Grid({ picked }: { picked: Picked }) {
  const { t } = useTranslation();
  const grid = useGrid(picked);
  const kind = useCodes('grid_kind');
  if (grid.isError) return <Problem error={grid.error} retry={() => void grid.refetch()} />;
  if (grid.isPending) return <Skeleton rows={4} />;
  if (!grid.data) return <p className="empty">{t('grid.missing')}</p>;
  const { data } = grid;
  return (
    <>
      <p className="card-kind">{kind(data.kind)}</p>
      <h2 aria-live="polite">{data.name || data.code}</h2>
      <dl className="facts">
        <Fact name={t('grid.organization')}>
          {data.organization === null ? t('grid.nobody') : <Responsible id={data.organization} />}
        </Fact>
        <DivisionFact code={data.division} />
        <Fact name={t('card.code')}>
          <span className="number">{data.code}</span>
        </Fact>
      </dl>
    </>
  );
}

/** The organization that answers for an area, as a way to its card. */
function Responsible({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data, isError } = useOrganization(id);
  const go = useGo();
  if (isError) return <>{t('card.missing')}</>;
  if (!data) return <>…</>;
  return (
    <button type="button" className="link" data-organization={id} onClick={() => go.toListed(data)}>
      {data.name}
    </button>
  );
}

function DivisionFact({ code }: { code: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useDivision(code);
  const go = useGo();
  if (!data) return null;
  return (
    <Fact name={t('card.division')}>
      {pathOf(data).map((step) => (
        <span key={step.code} className="step">
          {step.level < 5 ? (
            <button type="button" className="link" onClick={() => go.toDivision(step.code)}>
              {divisionName(step, language)}
            </button>
          ) : (
            divisionName(step, language)
          )}
        </span>
      ))}
    </Fact>
  );
}
