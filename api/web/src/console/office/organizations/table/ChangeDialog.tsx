import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { exact } from '../../../../format/number';
import { Refusal } from '../../../api/client';
import type { BulkSet } from '../../../api/contract';
import { aboutOf, staleIn, useHistoryActions } from '../../../api/history';
import { useCodes } from '../../../api/organizations';
import { type Prospect, useBulkActions } from '../../../api/table';
import { when } from '../../../format/when';
import { useLanguage, useServices } from '../../../services';
import { levels, statuses } from '../../../state/registration';
import type { Line } from '../../../state/table';
import { Choice } from '../../Choice';
import { Fault, Rows } from '../../Notice';
import { OrganizationField } from '../../OrganizationField';
import type { Chosen } from '../../OrganizationFinder';
import { useLinkTo } from '../useLinkTo';
import { useLabel } from '../useValue';
import { useTableNames } from './useTableNames';
import { useTableWords } from './useTableWords';

/** What of organizations can be changed together. */
export type Member = keyof BulkSet;

interface ChangeDialogProps {
  member: Member;
  chosen: readonly Line[];
  onClose: () => void;
  onDone: () => void;
}

/** Changes one member of the chosen organizations: what would happen is shown before, and what happened can be undone. */
export function ChangeDialog({ member, chosen, onClose, onDone }: ChangeDialogProps) {
  const { t } = useTableWords();
  const language = useLanguage();
  const { undoing } = useServices();
  const { prospect: ask, change } = useBulkActions();
  const { undo } = useHistoryActions();
  const [set, setSet] = useState<BulkSet | null>(null);
  const [ids] = useState(() => chosen.map(({ id }) => id));
  const prospect = useQuery({
    queryKey: ['bulk-prospect', ids, set],
    queryFn: ({ signal }) => ask(ids, set ?? {}, signal),
    enabled: set !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const send = useMutation({
    mutationFn: (would: Prospect) => change(would, set ?? {}),
    onSuccess: ({ items }) => {
      const [first] = items;
      if (!first) return;
      const n = exact(items.filter(({ changed }) => changed).length, language);
      undoing.offer(t('change.done', { n }), () => undo(first.id, first.version), aboutOf(first.id));
      onDone();
    },
  });
  const stale = send.error instanceof Refusal && send.error.status === 412;
  const changes = prospect.data?.items.filter(({ changed }) => changed).length ?? 0;
  const n = exact(chosen.length, language);
  const recheck = () => {
    send.reset();
    void prospect.refetch();
  };
  return (
    <Modal
      title={t(`change.title.${member}`, { n })}
      open
      onCancel={onClose}
      onOk={() => prospect.data && send.mutate(prospect.data)}
      okText={send.isPending ? t('change.sending') : t('change.send', { n: exact(changes, language) })}
      okButtonProps={{
        disabled: changes === 0 || prospect.isFetching || stale,
        loading: send.isPending,
      }}
      cancelText={t('console:cancel')}
      rootClassName="change"
    >
      <div className="form">
        <Value member={member} set={set} setSet={setSet} />
        <p className="quiet">{t('change.today')}</p>
        <section className="notice change-prospect" aria-live="polite" hidden={set === null}>
          {prospect.isFetching && (
            <>
              <p>{t('change.checking', { n })}</p>
              <Rows count={2} />
            </>
          )}
          {!prospect.isFetching && prospect.isError && (
            <Fault error={prospect.error} retry={() => void prospect.refetch()} />
          )}
          {!prospect.isFetching && prospect.data && <Effects prospect={prospect.data} chosen={chosen} />}
        </section>
        {stale && <Stale error={send.error} onRecheck={recheck} />}
        {send.isError && !stale && <Fault error={send.error} />}
      </div>
    </Modal>
  );
}

interface ValueProps {
  member: Member;
  set: BulkSet | null;
  setSet: (set: BulkSet | null) => void;
}

/** The value that all of them are to have. */
function Value({ member, set, setSet }: ValueProps) {
  const { t } = useTableWords();
  const names = useTableNames();
  const kinds = useCodes('organization_kind').data?.items ?? [];
  const [parent, setParent] = useState<Chosen | null | undefined>(undefined);
  if (member === 'parent') {
    return (
      <OrganizationField
        label={t('change.to.parent')}
        action="organization.write"
        value={parent}
        onChange={(chosen) => {
          setParent(chosen);
          setSet(chosen && { parent: chosen.id });
        }}
      />
    );
  }
  const options: (readonly [string, string])[] = {
    status: statuses.map((one) => [one, names.status(one)] as const),
    kind: kinds.map(({ code }) => [code, names.kind(code)] as const),
    level: levels.map((one) => [one, names.level(one)] as const),
  }[member];
  return (
    <Choice<string>
      label={t(`change.to.${member}`)}
      value={set?.[member] ?? ''}
      onChange={(value) => setSet(value === '' ? null : { [member]: value })}
      options={[['', t('change.choose')], ...options]}
    />
  );
}

/** How many would change, how many are so already, and which cannot. */
function Effects({ prospect, chosen }: { prospect: Prospect; chosen: readonly Line[] }) {
  const { t } = useTableWords();
  const language = useLanguage();
  const { items, refused, broken } = prospect;
  const changes = items.filter(({ changed }) => changed).length;
  const same = items.length - changes;
  const planned = items.filter((item) => item.planned.length > 0);
  const name = (id: number) => chosen.find((line) => line.id === id)?.name ?? String(id);
  return (
    <>
      {!broken && (
        <p data-changes={changes}>
          {changes === 0 ? t('change.nothing') : t('change.would', { n: exact(changes, language) })}
        </p>
      )}
      {planned.length > 0 && (
        <p>
          {t('change.planned', {
            n: exact(planned.length, language),
            day: planned.flatMap((item) => item.planned).sort()[0],
          })}
        </p>
      )}
      {same > 0 && <p>{t('change.same', { n: exact(same, language) })}</p>}
      {refused.length > 0 && (
        <>
          <p>{t('change.refused', { n: exact(refused.length, language) })}</p>
          <ul className="change-refused">
            {refused.map(({ id, error }) => (
              <li key={id}>
                {name(id)}: <Why error={error} />
              </li>
            ))}
          </ul>
        </>
      )}
      {broken && <p role="alert">{t('change.many')}</p>}
    </>
  );
}

/** What the server has against it. */
function Why({ error }: { error: Refusal }) {
  const { t, i18n } = useTableWords();
  const reason = { 403: 'forbidden', 404: 'missing', 409: 'conflict' }[error.status] ?? 'invalid';
  const detail = error.problem?.detail;
  return (
    <>
      {t(`change.why.${reason as 'invalid'}`)}{' '}
      {detail && (
        <span className="detail" {...(i18n.language === 'en' ? {} : { lang: 'en' })}>
          {detail}
        </span>
      )}
    </>
  );
}

/** Somebody else has written to one of them meanwhile: what of it is another now, and how to go on. */
function Stale({ error, onRecheck }: { error: unknown; onRecheck: () => void }) {
  const { t } = useTableWords();
  const language = useLanguage();
  const label = useLabel();
  const linkTo = useLinkTo();
  const stale = staleIn(error);
  const name = stale?.current.name ?? '';
  return (
    <div className="notice alarm" role="alert">
      <p>
        {stale
          ? t('change.stale', { name, author: stale.author, when: when(stale.recorded, language) })
          : t('change.staleOther')}
      </p>
      {stale?.changes && stale.changes.length > 0 && (
        <p>{stale.changes.map(({ field }) => label(field)).join(language === 'zh' ? '、' : ', ')}</p>
      )}
      <div className="buttons">
        {stale && <Button href={linkTo(stale.current.id, 'history')}>{t('change.look', { name })}</Button>}
        <Button type="primary" onClick={onRecheck}>
          {t('change.recheck')}
        </Button>
      </div>
    </div>
  );
}
