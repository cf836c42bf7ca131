import { Button, Modal } from 'antd';
import { useState } from 'react';
import { exact } from '../../../format/number';
import type { Ask } from '../../api/contract';
import { useAsks, useTaskActions } from '../../api/tasks';
import { useWrite } from '../../api/useWrite';
import { when } from '../../format/when';
import { useLanguage } from '../../services';
import { Fault } from '../Notice';
import { Paged } from '../Paged';
import { Tag } from '../Tag';
import { useWords } from './useWords';

/** What was asked, with how many have answered. */
export function Asked() {
  const { t } = useWords();
  return (
    <Paged list={useAsks()} none={t('asked.none')} more={t('more')}>
      {(ask) => <AskLine key={ask.id} ask={ask} />}
    </Paged>
  );
}

function AskLine({ ask }: { ask: Ask }) {
  const { t } = useWords();
  const language = useLanguage();
  const answered = ask.done + ask.declined;
  const all = answered + ask.open;
  return (
    <li className="line task" data-id={ask.id}>
      <div className="line-what">
        <strong>{ask.title}</strong>{' '}
        {ask.withdrawn_at !== null && <Tag tone="plain">{t('asked.withdrawn')}</Tag>}
        <span className="task-fields">
          {ask.fields.map((field) => (
            <span key={field} className="asked-field">
              {t(`field.${field}`)}
            </span>
          ))}
        </span>
        {all > 0 && (
          <span className="meter">
            <progress max={all} value={answered} aria-label={ask.title} />
            <span>
              {t('asked.progress', { answered: exact(answered, language), all: exact(all, language) })}
            </span>
            {ask.declined > 0 && (
              <span className="quiet">
                {t('asked.declined', { count: ask.declined, n: exact(ask.declined, language) })}
              </span>
            )}
          </span>
        )}
        <span className="quiet">
          {t('asks', { author: ask.author, when: when(ask.created_at, language) })}
        </span>
      </div>
      {ask.withdrawn_at === null && ask.open > 0 && <Withdraw ask={ask} />}
    </li>
  );
}

function Withdraw({ ask }: { ask: Ask }) {
  const { t } = useWords();
  const language = useLanguage();
  const { withdraw } = useTaskActions();
  const [open, setOpen] = useState(false);
  const end = useWrite({ mutationFn: () => withdraw(ask.id), onSuccess: () => setOpen(false) });
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {t('asked.withdraw')}
      </Button>
      <Modal
        title={t('asked.withdrawTitle', { title: ask.title })}
        open={open}
        onCancel={() => setOpen(false)}
        onOk={() => end.mutate()}
        okText={t('asked.withdraw')}
        okButtonProps={{ danger: true, loading: end.isPending }}
        cancelText={t('console:cancel')}
      >
        <p>{t('asked.withdrawText', { count: ask.open, n: exact(ask.open, language) })}</p>
        {end.isError && <Fault error={end.error} />}
      </Modal>
    </>
  );
}
