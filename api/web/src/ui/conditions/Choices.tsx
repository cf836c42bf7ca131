import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exact, total } from '../../format/number';
import { useLanguage, useServices } from '../../services';
import type { ConditionChange } from '../../state/conditions';
import { Problem } from '../Problem';
import { Skeleton } from '../Skeleton';
import { type ListField, useChoices } from './useChoices';

interface Props {
  field: ListField;
  set: (change: ConditionChange | null) => void;
}

/** The values that occur, to choose some of them; of the status one. */
export function Choices({ field, set }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { store } = useServices();
  const { choices, isError, isPending, error, refetch } = useChoices(field);
  const [chosen, setChosen] = useState<readonly string[]>(() => [store.get()[field] ?? []].flat());
  const id = useId();
  const one = field === 'status';
  const toggle = (value: string) => {
    const others = one ? [] : chosen.filter((other) => other !== value);
    const next = chosen.includes(value) && !one ? others : [...others, value];
    setChosen(next);
    set(changeTo(field, next));
  };
  if (isError) return <Problem error={error} retry={() => void refetch()} />;
  if (isPending) return <Skeleton rows={3} />;
  if (choices.length === 0) return <p className="quiet-text">{t('conditions.none')}</p>;
  return (
    <fieldset className="condition-choices">
      <legend className="visually-hidden">{t(`conditions.field.${field}`)}</legend>
      {choices.map(({ value, name, count }) => (
        <label key={value} className="row" data-choice={value}>
          <input
            type={one ? 'radio' : 'checkbox'}
            name={id}
            checked={chosen.includes(value)}
            onChange={() => toggle(value)}
          />
          <span className="row-label">{name}</span>
          <span className="count" title={exact(count, language)}>
            {total(count, language)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function changeTo(field: ListField, values: readonly string[]): ConditionChange | null {
  const [first] = values;
  if (first === undefined) return null;
  return field === 'status' ? { status: first === 'closed' ? 'closed' : 'open' } : { [field]: values };
}
