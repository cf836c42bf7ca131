import { useState } from 'react';
import { Field } from '../../../ui/Field';
import type { DialogProps } from './History';
import { Rewrite } from './Rewrite';
import { useHistoryWords } from './useHistoryWords';

/** Another name from a day on; the one before stays in the history. */
export function Rename({ organization, onClose }: DialogProps) {
  const { t } = useHistoryWords();
  const [name, setName] = useState(organization.name);
  const [short, setShort] = useState(organization.short_name);
  const wanted = { name: name.trim(), short_name: short.trim() };
  const differs = wanted.name !== organization.name || wanted.short_name !== organization.short_name;
  return (
    <Rewrite
      organization={organization}
      onClose={onClose}
      what="rename"
      change={wanted.name !== '' && differs ? wanted : null}
      said={(written) => t('rename.done', { name: written.name })}
      planned={(day) => t('rename.planned', { day, name: organization.name, next: wanted.name })}
      dayHint={t('fromHint')}
    >
      <Field label={t('rename.name')} value={name} onChange={setName} maxLength={200} autoFocus />
      <Field label={t('rename.short')} value={short} onChange={setShort} maxLength={200} />
    </Rewrite>
  );
}
