import { Button } from 'antd';
import { type FormEvent, useEffect, useState } from 'react';
import { useMedia } from '../../ui/useSize';
import { useServices, useTexts } from '../services';
import { useRoute } from '../state/route';
import { Field } from '../ui/Field';

const texts = ['actor', 'action', 'object'] as const;

/** What the audit is filtered by. Days apply at once; texts with Enter or when one leaves them. */
export function AuditFilters() {
  const { t } = useTexts();
  const narrow = useMedia('(max-width: 719px)');
  const { query } = useRoute();
  const set = Object.keys(query).length;
  if (!narrow) return <Filters />;
  return (
    <details className="filters-fold">
      <summary>
        {t('filter.title')} {set > 0 && <span className="count">{set}</span>}
      </summary>
      <Filters />
    </details>
  );
}

function Filters() {
  const { t } = useTexts();
  const { places } = useServices();
  const { query } = useRoute();
  const submit = (event: FormEvent) => event.preventDefault();
  return (
    <form className="filters" onSubmit={submit}>
      <Field
        label={t('audit.from')}
        type="date"
        value={query.from ?? ''}
        onChange={(from) => places.filter({ from })}
      />
      <Field
        label={t('audit.to')}
        type="date"
        value={query.to ?? ''}
        onChange={(to) => places.filter({ to })}
      />
      {texts.map((name) => (
        <TextFilter key={name} name={name} />
      ))}
      {Object.keys(query).length > 0 && (
        <Button onClick={() => places.go({ page: 'audit' })}>{t('filter.clear')}</Button>
      )}
    </form>
  );
}

function TextFilter({ name }: { name: (typeof texts)[number] }) {
  const { t } = useTexts();
  const { places } = useServices();
  const { query } = useRoute();
  const held = query[name] ?? '';
  const [text, setText] = useState(held);
  useEffect(() => setText(held), [held]);
  const apply = () => {
    if (text.trim() !== held) places.filter({ [name]: text.trim() });
  };
  return (
    <Field
      label={t(`audit.${name}`)}
      value={text}
      onChange={setText}
      onBlur={apply}
      onKeyDown={(event) => event.key === 'Enter' && apply()}
      placeholder={t(`audit.${name}Example`)}
      maxLength={100}
      autoComplete="off"
      autoCapitalize="none"
      enterKeyHint="search"
    />
  );
}
