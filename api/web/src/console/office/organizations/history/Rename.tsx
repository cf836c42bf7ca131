import { Modal } from 'antd';
import { useState } from 'react';
import { contentOf } from '../../../state/contents';
import { Field } from '../../../ui/Field';
import { Fault } from '../../Notice';
import { useReplacing } from '../useReplacing';
import { Below } from './Below';
import { DayField, isPast, useToday } from './DayField';
import type { DialogProps } from './History';
import { useHistoryWords } from './useHistoryWords';

/** Another name from a day on; the one before stays in the history. */
export function Rename({ organization, onClose }: DialogProps) {
  const { t } = useHistoryWords();
  const today = useToday();
  const [name, setName] = useState(organization.name);
  const [short, setShort] = useState(organization.short_name);
  const [day, setDay] = useState(today);
  const { write, dialog, busy, error } = useReplacing(
    organization,
    (written) => t('rename.done', { name: written.name }),
    onClose,
  );
  const wanted = { ...contentOf(organization), name: name.trim(), short_name: short.trim() };
  const differs = wanted.name !== organization.name || wanted.short_name !== organization.short_name;
  const ready = wanted.name !== '' && differs && isPast(day, today);
  return (
    <>
      <Modal
        title={t('rename.title', { name: organization.name })}
        open
        onCancel={onClose}
        onOk={() => write(wanted, day === today ? undefined : day)}
        okText={t('rename.send')}
        okButtonProps={{ disabled: !ready, loading: busy }}
        cancelText={t('console:cancel')}
      >
        <div className="form">
          <Field label={t('rename.name')} value={name} onChange={setName} maxLength={200} autoFocus />
          <Field label={t('rename.short')} value={short} onChange={setShort} maxLength={200} />
          <DayField value={day} onChange={setDay} hint={t('fromHint')} />
          <p className="notice">
            {t('rename.effect', { name: organization.name })} <Below id={organization.id} />
          </p>
          {error && <Fault error={error} />}
        </div>
      </Modal>
      {dialog}
    </>
  );
}
