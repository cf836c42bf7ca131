import { useKnown } from '../../session';
import { usePlanWords } from './usePlanWords';
import './plans.css';

/** Says to somebody who may not change an organization who may, and what they may change themselves. */
export default function ReadOnly() {
  const { t } = usePlanWords();
  const { actions, grants } = useKnown();
  const roots = actions['organization.write']?.roots ?? [];
  const names = grants.flatMap(({ organization }) =>
    organization && roots.includes(organization.id) ? [organization.name] : [],
  );
  return (
    <p className="notice read-only">
      {t('readOnly')} {names.length > 0 && t('own', { names: [...new Set(names)].join('、') })}
    </p>
  );
}
