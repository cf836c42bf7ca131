import { useTranslation } from 'react-i18next';
import { useServices, useUrl } from '../../services';
import { type ConditionChange, withoutRefused } from '../../state/conditions';
import { useKindName } from '../useKinds';
import { useTools } from './useTools';

/** Says which condition is not understood, with a button that takes it away. */
export function Refused({ condition, then }: { condition: keyof ConditionChange; then?: () => void }) {
  const { t } = useTools();
  const { store } = useServices();
  const what = useName(condition);
  const remove = () => {
    store.set(withoutRefused(store.get(), condition));
    then?.();
  };
  return (
    <>
      <span>{t('said.refused', { what })}</span>
      <button type="button" className="button" data-act="lift" onClick={remove}>
        {t('said.lift')}
      </button>
    </>
  );
}

/** So many values of a condition are said. */
const mostValues = 3;

function useName(condition: keyof ConditionChange): string {
  const { t } = useTranslation();
  const kindName = useKindName();
  const value = useUrl((state) => state[condition]);
  if (condition === 'filter') return t('conditions.own');
  if (condition === 'division' || condition === 'datetime' || condition === 'received')
    return t(condition === 'datetime' ? 'asOf.label' : `conditions.field.${condition}`);
  const values = [value ?? []].flat().map((name) => (condition === 'kinds' ? kindName(name ?? '') : name));
  const name = values.slice(0, mostValues).join(', ') + (values.length > mostValues ? '…' : '');
  return t(`conditions.${condition}`, { name, names: name });
}
