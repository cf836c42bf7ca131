import { Button, Modal } from 'antd';
import { type FormEvent, useMemo, useState } from 'react';
import { exact } from '../../../format/number';
import { useDelayed } from '../../../ui/useDelayed';
import { type AskedField, type AskInput, type AskOutcome, askedFields } from '../../api/contract';
import { usePreview, useTaskActions } from '../../api/tasks';
import { useWrite } from '../../api/useWrite';
import { useLanguage } from '../../services';
import { Draft } from '../../state/draft';
import { Field, LongField } from '../../ui/Field';
import { Check } from '../Check';
import { Fault } from '../Notice';
import { OrganizationField } from '../OrganizationField';
import type { Chosen } from '../OrganizationFinder';
import { useWords } from './useWords';

interface Filled {
  title: string;
  note: string;
  fields: AskedField[];
  within: Chosen | null;
  confirm: boolean;
  due: string;
}

const draft = new Draft<Filled>(sessionStorage, 'ask');

/** An ask to more organizations than this is confirmed once more. */
const manyTasks = 100;

/** What would be sent; null while something is missing. */
function inputOf(
  { title, note, fields, within, confirm, due }: Filled,
  organizations: readonly number[] | undefined,
): AskInput | null {
  if (title.trim() === '' || fields.length === 0) return null;
  if (organizations === undefined && within === null) return null;
  return {
    title: title.trim(),
    note: note.trim(),
    fields,
    ...(organizations === undefined ? { within: within?.id } : { organizations: [...organizations] }),
    confirm,
    dry_run: false,
    ...(due === '' ? {} : { due }),
  };
}

interface AskFormProps {
  /** Whom to ask; undefined for one with all below it, which is chosen in the form. */
  organizations?: readonly number[];
  onSent: () => void;
}

/** Asks organizations for what they have not told, and shows before whom it would reach. */
export function AskForm({ organizations, onSent }: AskFormProps) {
  const { t } = useWords();
  const { ask } = useTaskActions();
  const [filled, setFilled] = useState<Filled>({
    title: '',
    note: '',
    fields: [],
    within: null,
    confirm: false,
    due: '',
    ...draft.read(),
  });
  const set = (change: Partial<Filled>) => {
    const next = { ...filled, ...change };
    draft.keep(next);
    setFilled(next);
  };
  // The same object until something is changed: only then does it rest anew.
  const input = useMemo(() => inputOf(filled, organizations), [filled, organizations]);
  const preview = usePreview(useDelayed(input, 300));
  const language = useLanguage();
  const [sure, setSure] = useState(false);
  const send = useWrite({
    mutationFn: (body: AskInput) => ask(body),
    onSettled: () => setSure(false),
    onSuccess: () => {
      draft.drop();
      onSent();
    },
  });
  const tasks = input === null ? 0 : (preview.data?.tasks ?? 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input === null || tasks === 0 || send.isPending) return;
    if (tasks > manyTasks) setSure(true);
    else send.mutate(input);
  };
  const turn = (field: AskedField) =>
    set({
      fields: askedFields
        .map(([one]) => one)
        .filter((one) => (one === field) !== filled.fields.includes(one)),
    });
  return (
    <form className="form" onSubmit={submit} noValidate>
      <Field
        label={t('ask.title')}
        value={filled.title}
        onChange={(title) => set({ title })}
        maxLength={200}
        autoComplete="off"
        hint={t('ask.titleHint')}
        autoFocus
      />
      <fieldset className="checks-field">
        <legend>{t('ask.fields')}</legend>
        {askedFields.map(([field, minutes]) => (
          <Check key={field} checked={filled.fields.includes(field)} onChange={() => turn(field)}>
            {t(`field.${field}`)} <span className="quiet">{t('ask.each', { minutes })}</span>
          </Check>
        ))}
      </fieldset>
      {organizations === undefined && (
        <>
          <OrganizationField
            label={t('ask.within')}
            action="task.ask"
            value={filled.within ?? undefined}
            onChange={(within) => set({ within })}
          />
          <span className="field-hint">{t('ask.withinHint')}</span>
        </>
      )}
      <Check checked={filled.confirm} onChange={(confirm) => set({ confirm })}>
        {t('ask.confirm')}
      </Check>
      <Field label={t('ask.due')} type="date" value={filled.due} onChange={(due) => set({ due })} />
      <LongField
        label={t('ask.note')}
        value={filled.note}
        onChange={(note) => set({ note })}
        maxLength={2000}
      />
      <section className="notice" aria-live="polite">
        <strong>{t('ask.preview')}</strong>
        {input === null ? <p>{t('ask.incomplete')}</p> : preview.data && <Preview outcome={preview.data} />}
        {preview.isError && input !== null && <Fault error={preview.error} />}
      </section>
      {send.isError && <Fault error={send.error} />}
      <Button type="primary" htmlType="submit" loading={send.isPending} disabled={tasks === 0}>
        {tasks === 0 ? t('ask.send') : t('ask.sendTo', { count: tasks, n: exact(tasks, language) })}
      </Button>
      <Modal
        title={t('ask.sureTitle', { count: tasks, n: exact(tasks, language) })}
        open={sure}
        onCancel={() => setSure(false)}
        onOk={() => input && send.mutate(input)}
        okText={t('ask.sendTo', { count: tasks, n: exact(tasks, language) })}
        okButtonProps={{ loading: send.isPending }}
        cancelText={t('console:cancel')}
      >
        <p>{t('ask.sureText', { within: filled.within?.name ?? '' })}</p>
      </Modal>
    </form>
  );
}

function Preview({ outcome }: { outcome: AskOutcome }) {
  const { t } = useWords();
  const language = useLanguage();
  const { chosen, tasks, burden, skipped } = outcome;
  return (
    <>
      <p>
        {tasks === 0
          ? t('ask.nobody')
          : t('ask.chosen', {
              n: exact(chosen, language),
              tasks: exact(tasks, language),
              fields: exact(burden.fields, language),
              minutes: exact(Math.max(1, Math.round(burden.minutes)), language),
            })}
      </p>
      <ul>
        {skipped.map(({ reason, organizations, fields }) => (
          <li key={reason}>
            {t(`ask.skipped.${reason}`, {
              organizations: exact(organizations, language),
              fields: exact(fields, language),
            })}
          </li>
        ))}
      </ul>
    </>
  );
}
