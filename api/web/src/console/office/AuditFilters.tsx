import { Button } from 'antd';
import { type FormEvent, useEffect, useState } from 'react';
import { useMedia } from '../../ui/useSize';
import { useOrganization } from '../api/organizations';
import { useServices, useTexts } from '../services';
import { auditActions } from '../state/audit';
import { mayEverywhere } from '../state/may';
import { idIn, useRoute } from '../state/route';
import { Field } from '../ui/Field';
import { Choice } from './Choice';
import { OrganizationField } from './OrganizationField';
import { useKnown } from './session';

/** What the audit is filtered by. All apply at once, texts with Enter or when one leaves them. */
export function AuditFilters() {
  const { t } = useTexts();
  const narrow = useMedia('(max-width: 719px)');
  const { query } = useRoute();
  const set = Object.keys(query).length;
  if (!narrow) return <Filters />;
  return (
    <details className="fold filters-fold">
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
  const actions = auditActions.map((action) => [action, t(`did.${action}`)] as const);
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
      <TextFilter name="actor" />
      <Choice<string>
        label={t('audit.action')}
        value={query.action ?? ''}
        onChange={(action) => places.filter({ action })}
        options={[['', t('audit.anyAction')], ...actions]}
      />
      <TextFilter name="object" />
      <Belonging />
      {Object.keys(query).length > 0 && (
        <Button onClick={() => places.go({ page: 'audit' })}>{t('filter.clear')}</Button>
      )}
    </form>
  );
}

/** The organization that objects belong to, with all below it. */
function Belonging() {
  const { t } = useTexts();
  const { places } = useServices();
  const { query } = useRoute();
  const session = useKnown();
  const organization = useOrganization(idIn(query.organization));
  return (
    <OrganizationField
      label={t('account.organization')}
      action="audit.read"
      value={organization.data ?? null}
      onChange={(chosen) => places.filter({ organization: chosen ? String(chosen.id) : '' })}
      all={t(mayEverywhere(session, 'audit.read') ? 'organization.every' : 'organization.mine')}
    />
  );
}

function TextFilter({ name }: { name: 'actor' | 'object' }) {
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
