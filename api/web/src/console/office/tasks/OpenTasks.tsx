import { Button } from 'antd';
import { useId, useState } from 'react';
import { dayAt } from '../../../format/day';
import type { Task } from '../../api/contract';
import { useOrganization } from '../../api/organizations';
import { useTaskActions, useTasks } from '../../api/tasks';
import { useWrite } from '../../api/useWrite';
import { when } from '../../format/when';
import { useLanguage, useServices } from '../../services';
import { may, mayEverywhere } from '../../state/may';
import { formatRoute, idIn, useRoute } from '../../state/route';
import { LongField } from '../../ui/Field';
import { Dialog } from '../Dialog';
import { Fault } from '../Notice';
import { OrganizationField } from '../OrganizationField';
import { Paged } from '../Paged';
import { useKnown } from '../session';
import { Tag } from '../Tag';
import { useWords } from './useWords';

/** The tasks that wait for an answer, the oldest first. */
export function OpenTasks() {
  const { t } = useWords();
  const { places } = useServices();
  const session = useKnown();
  const within = idIn(useRoute().query.within);
  const organization = useOrganization(within);
  return (
    <>
      <div className="task-search">
        <OrganizationField
          label={t('within')}
          action="organization.read"
          value={within === null ? null : (organization.data ?? { id: within, name: '…' })}
          onChange={(chosen) => places.filter({ within: chosen ? String(chosen.id) : '' })}
          all={t(
            mayEverywhere(session, 'organization.read')
              ? 'console:organization.every'
              : 'console:organization.mine',
          )}
        />
      </div>
      <Paged
        list={useTasks('open', within)}
        none={t(within === null ? 'none' : 'noneWithin')}
        more={t('more')}
      >
        {(task) => <TaskLine key={task.id} task={task} />}
      </Paged>
    </>
  );
}

function TaskLine({ task }: { task: Task }) {
  const { t } = useWords();
  const language = useLanguage();
  const { name } = task.organization;
  const id = useId();
  return (
    <li className="line task" data-id={task.id} aria-labelledby={id}>
      <div className="line-what">
        <strong id={id}>{name}</strong> <Due due={task.due} />
        <span className="task-title">{task.title}</span>
        {task.note !== '' && <span className="task-note">{task.note}</span>}
        <TaskFields task={task} />
        <span className="quiet">
          {t('asks', { author: task.author, when: when(task.created_at, language) })} ·{' '}
          {t('minutes', { count: Math.max(1, Math.round(task.minutes)) })}
        </span>
      </div>
      <Answer task={task} />
    </li>
  );
}

/** Until when it is to be answered. */
export function Due({ due }: { due: string | null }) {
  const { t } = useWords();
  if (due === null) return null;
  const late = due < dayAt(new Date());
  return <Tag tone={late ? 'bad' : 'plain'}>{t(late ? 'late' : 'due', { day: due })}</Tag>;
}

/** What is missing, and what only needs to be confirmed. */
export function TaskFields({ task }: { task: Task }) {
  const { t } = useWords();
  const missing = task.fields.filter((field) => !task.known.includes(field));
  const parts = [
    ['missing', missing],
    ['known', task.known],
  ] as const;
  return (
    <span className="task-fields">
      {parts.map(
        ([part, fields]) =>
          fields.length > 0 && (
            <span key={part} className={part}>
              {t(part)}
              {fields.map((field) => (
                <span key={field} className="asked-field">
                  {t(`field.${field}`)}
                </span>
              ))}
            </span>
          ),
      )}
    </span>
  );
}

interface AnswerProps {
  task: Task;
  /** Whether what is missing is filled in elsewhere. */
  fills?: boolean;
  onDone?: () => void;
}

/** What can be done with a task: fill in what is missing, send it, say that it cannot be. */
export function Answer({ task, fills = true, onDone }: AnswerProps) {
  const { t } = useWords();
  const session = useKnown();
  const { undoing } = useServices();
  const { answer } = useTaskActions();
  const [declining, setDeclining] = useState(false);
  const { name, id: organization } = task.organization;
  const complete = task.known.length === task.fields.length;
  const send = useWrite({
    mutationFn: ({ state, reason }: { state: 'done' | 'declined'; reason?: string }) =>
      answer(task.id, state, reason),
    onSuccess: (_, { state }) => {
      setDeclining(false);
      onDone?.();
      undoing.offer(t(state === 'done' ? 'answered' : 'declined', { name }), () => answer(task.id, 'open'));
    },
  });
  if (!may(session, 'organization.write')) return null;
  const query = { tab: 'edit', task: String(task.id) };
  const fill = formatRoute({ page: 'organizations', item: String(organization), query });
  return (
    <div className="task-actions">
      {!complete && fills && (
        <Button type="primary" href={fill}>
          {t('fill')}
        </Button>
      )}
      <Button
        type={complete ? 'primary' : 'default'}
        disabled={!complete}
        title={complete ? undefined : t('finishFirst')}
        loading={send.isPending && !declining}
        onClick={() => send.mutate({ state: 'done' })}
      >
        {t(task.known.length > 0 && complete ? 'confirm' : 'finish')}
      </Button>
      <Button onClick={() => setDeclining(true)}>{t('decline')}</Button>
      {send.isError && !declining && <Fault error={send.error} />}
      <Declining
        name={name}
        open={declining}
        close={() => setDeclining(false)}
        sending={send.isPending}
        error={send.error}
        send={(reason) => send.mutate({ state: 'declined', reason })}
      />
    </div>
  );
}

interface DecliningProps {
  name: string;
  open: boolean;
  close: () => void;
  sending: boolean;
  error: unknown;
  send: (reason: string) => void;
}

function Declining({ name, open, close, sending, error, send }: DecliningProps) {
  const { t } = useWords();
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={t('declineTitle', { name })}
      open={open}
      onCancel={close}
      onOk={() => send(reason.trim())}
      okText={t('decline')}
      okButtonProps={{ disabled: reason.trim() === '', loading: sending }}
      cancelText={t('console:cancel')}
      destroyOnHidden
    >
      <LongField
        label={t('declineReason')}
        value={reason}
        onChange={setReason}
        maxLength={2000}
        hint={t('declineHint')}
      />
      {Boolean(error) && <Fault error={error} />}
    </Dialog>
  );
}
