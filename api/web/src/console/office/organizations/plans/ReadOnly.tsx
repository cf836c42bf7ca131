import { reachOf } from '../../../state/may';
import { useKnown } from '../../session';
import { usePlanWords } from './usePlanWords';
import './plans.css';

/** Says to somebody who may not change an organization who may, and what they may change themselves. */
export default function ReadOnly() {
  const { t } = usePlanWords();
  const session = useKnown();
  const { roots } = reachOf(session, 'organization.write');
  const names = session.grants.flatMap(({ organization }) =>
    organization && roots.includes(organization.id) ? [organization.name] : [],
  );
  return (
    <p className="notice read-only">
      {t('readOnly')} {names.length > 0 && t('own', { names: [...new Set(names)].join('、') })}
    </p>
  );
}
