import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChildren } from '../../api/queries';
import { firstDay } from '../../format/day';
import { divisionName } from '../../format/romanize';
import { useLanguage, useServices, useUrl } from '../../services';
import { type ConditionChange, joined, nameContains, partsOf } from '../../state/conditions';
import { parseDay } from '../../state/url';
import { Choices } from './Choices';
import { type ListField, listFields } from './useChoices';
import '../../style/conditions.css';

/** What one can ask of organizations, and of reports while they show: what everyone may filter by. */
const fields = {
  organizations: ['kinds', 'levels', 'name', 'division'],
  reports: ['categories', 'status', 'steps', 'received'],
} as const;
type Field = (typeof fields)[keyof typeof fields][number];

/** A small form that adds one condition. */
export function AddCondition({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const [field, setField] = useState<Field>('kinds');
  const [change, setChange] = useState<ConditionChange | null>(null);
  const reports = useUrl((state) => state.on).includes('reports');
  const id = useId();
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!change) return;
    store.set(change);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close();
  };
  const choose = (name: Field) => {
    setField(name);
    setChange(null);
  };
  const options = (names: readonly Field[]) =>
    names.map((name) => (
      <option key={name} value={name}>
        {t(`conditions.field.${name}`)}
      </option>
    ));
  return (
    <form className="condition-form" onSubmit={submit} onKeyDown={onKeyDown}>
      <label htmlFor={id}>{t('conditions.which')}</label>
      <select id={id} ref={first} value={field} onChange={(event) => choose(event.target.value as Field)}>
        <optgroup label={t('layers.organizations')}>{options(fields.organizations)}</optgroup>
        {reports && <optgroup label={t('reports.title')}>{options(fields.reports)}</optgroup>}
      </select>
      {isList(field) && <Choices key={field} field={field} set={setChange} />}
      {field === 'name' && <NameField set={setChange} />}
      {field === 'division' && <DivisionField set={setChange} />}
      {field === 'received' && <ReceivedField set={setChange} />}
      <div className="condition-actions">
        <button type="submit" className="button" disabled={change === null}>
          {t('conditions.apply')}
        </button>
        <button type="button" className="button" onClick={close}>
          {t('conditions.cancel')}
        </button>
      </div>
    </form>
  );
}

function isList(field: Field): field is ListField {
  return (listFields as readonly Field[]).includes(field);
}

interface FieldProps {
  set: (change: ConditionChange | null) => void;
}

function NameField({ set }: FieldProps) {
  const { t } = useTranslation();
  const filter = useUrl((state) => state.filter);
  const id = useId();
  const write = (text: string) => {
    const parts = new Set(partsOf(filter)).add(nameContains(text.trim()));
    set(text.trim() === '' ? null : { filter: joined([...parts]) });
  };
  return (
    <>
      <label htmlFor={id}>{t('conditions.nameText')}</label>
      <input
        id={id}
        type="text"
        maxLength={50}
        autoComplete="off"
        onChange={(event) => write(event.target.value)}
      />
    </>
  );
}

/** The divisions below the chosen one. */
function DivisionField({ set }: FieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useChildren(useUrl((state) => state.division));
  const id = useId();
  if (data?.items.length === 0) return <p className="quiet-text">{t('divisions.empty')}</p>;
  return (
    <>
      <label htmlFor={id}>{t('conditions.divisionBelow')}</label>
      <select
        id={id}
        defaultValue=""
        onChange={({ target: { value } }) => set(value === '' ? null : { division: value })}
      >
        <option value="">{t(data ? 'conditions.choose' : 'list.loading')}</option>
        {data?.items.map((item) => (
          <option key={item.code} value={item.code}>
            {divisionName(item, language)}
          </option>
        ))}
      </select>
    </>
  );
}

function ReceivedField({ set }: FieldProps) {
  const { t } = useTranslation();
  const [from, to] = useUrl((state) => state.received) ?? [null, null];
  const [span, setSpan] = useState({ from: from ?? '', to: to ?? '' });
  const reversed = span.from !== '' && span.to !== '' && span.from > span.to;
  const id = useId();
  const write = (change: Partial<typeof span>) => {
    const next = { ...span, ...change };
    setSpan(next);
    const days = [parseDay(next.from), parseDay(next.to)] as const;
    const wrong = next.from !== '' && next.to !== '' && next.from > next.to;
    set(wrong || (days[0] === null && days[1] === null) ? null : { received: days });
  };
  return (
    <>
      {(['from', 'to'] as const).map((end) => (
        <label key={end} className="condition-day">
          {t(`conditions.${end}Day`)}
          <input
            type="date"
            min={firstDay}
            value={span[end]}
            aria-invalid={reversed}
            {...(reversed ? { 'aria-describedby': id } : {})}
            onChange={(event) => write({ [end]: event.target.value })}
          />
        </label>
      ))}
      {reversed && (
        <p id={id} className="condition-fault" role="alert">
          {t('conditions.reversed')}
        </p>
      )}
    </>
  );
}
