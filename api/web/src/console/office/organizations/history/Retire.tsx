import { Modal } from 'antd';
import { aboutOf, useBelow, useHistoryActions } from '../../../api/history';
import { useWrite } from '../../../api/useWrite';
import { useServices } from '../../../services';
import { Rows } from '../../Notice';
import type { DialogProps } from './History';
import { Refused } from './Refused';
import { useHistoryWords } from './useHistoryWords';

/** The end of an organization, which has to have nobody below it. */
export function Retire({ organization, onClose, turnTo }: DialogProps) {
  const { t } = useHistoryWords();
  const { undoing } = useServices();
  const { retire, undo } = useHistoryActions();
  const below = useBelow(organization.id);
  const { id, name, version } = organization;
  const left = () => {
    undoing.offer(t('retire.done', { name }), () => undo(id, version + 1), aboutOf(id));
    onClose();
  };
  const send = useWrite({ mutationFn: () => retire(id, version, left) });
  const count = below.data?.numberMatched;
  return (
    <Modal
      title={t('retire.title', { name })}
      open
      onCancel={onClose}
      onOk={() => send.mutate()}
      okText={t('retire.send')}
      okButtonProps={{ danger: true, disabled: count !== 0, loading: send.isPending }}
      cancelText={t('console:cancel')}
    >
      {below.isPending && <Rows count={1} />}
      {count === 0 && <p>{t('retire.effect')}</p>}
      {count !== undefined && count > 0 && <p className="notice alarm">{t('retire.blocked', { count })}</p>}
      <p className="quiet">
        {t('retire.heir')}{' '}
        <button type="button" className="link" onClick={() => turnTo('merge')}>
          {t('actions.merge')}
        </button>
      </p>
      {send.isError && <Refused error={send.error} />}
    </Modal>
  );
}
