import { writtenDay } from '../../../../format/day';
import type { OrganizationChange, OrganizationDetail, Plan } from '../../../api/contract';
import { useMayWith, usePlans } from '../../../api/plans';
import { when } from '../../../format/when';
import { useLanguage } from '../../../services';
import { useLabel, useValue } from '../useValue';
import { CancelPlan } from './CancelPlan';
import { usePlanWords } from './usePlanWords';
import './plans.css';

interface PlansProps {
  organization: OrganizationDetail;
  /** Before something is saved: it says what stays, and nothing can be cancelled. */
  saving?: boolean;
}

/** What is planned for an organization, in words, with the way to cancel it; nothing while nothing is planned. */
export default function Plans({ organization, saving = false }: PlansProps) {
  const { t } = usePlanWords();
  const writes = useMayWith(organization.id, 'organization.write');
  const { data: plans = [] } = usePlans(organization.id);
  if (plans.length === 0) return null;
  return (
    <section className={saving ? 'plans notice' : 'plans block'} aria-label={t('title')}>
      <h3>{t('title')}</h3>
      {saving && <p>{t('stays')}</p>}
      <ul>
        {plans.map((plan) => (
          <li key={plan.valid_from} data-plan={plan.valid_from}>
            <PlanText plan={plan} />
            {writes && !saving && <CancelPlan organization={organization} day={plan.valid_from} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function PlanText({ plan }: { plan: Plan }) {
  const { t } = usePlanWords();
  const language = useLanguage();
  const author = plan.author === '' ? t('hidden') : plan.author;
  return (
    <div>
      <strong>{t('from', { day: writtenDay(plan.valid_from, language) })}</strong>
      {plan.changes.map((change) => (
        <p key={change.field} data-field={change.field}>
          <Planned change={change} />
        </p>
      ))}
      <p className="quiet">{t('by', { author, when: when(plan.recorded, language) })}</p>
    </div>
  );
}

/** What becomes another one: of a superior and a name as one says it, of anything else what it was and will be. */
function Planned({ change: { field, old, new: next, old_name, new_name } }: { change: OrganizationChange }) {
  const { t } = usePlanWords();
  const value = useValue();
  const label = useLabel()(field);
  if (field === 'parent' && next === null) return <>{t('top')}</>;
  if (field === 'parent' || field === 'name')
    return (
      <>
        {t(field)} <ins>{value(field, next, new_name)}</ins>
      </>
    );
  return (
    <>
      {label} <del>{value(field, old, old_name)}</del> <span aria-hidden="true">→</span>{' '}
      <ins>{value(field, next, new_name)}</ins>
    </>
  );
}
