import { Modal } from 'antd';
import { useState } from 'react';
import { useOrganization } from '../../../api/organizations';
import { contentOf } from '../../../state/contents';
import { mayEverywhere } from '../../../state/may';
import { Fault } from '../../Notice';
import { OrganizationField } from '../../OrganizationField';
import type { Chosen } from '../../OrganizationFinder';
import { useKnown } from '../../session';
import { useReplacing } from '../useReplacing';
import { Below } from './Below';
import { DayField, isPast, useToday } from './DayField';
import type { DialogProps } from './History';
import { useHistoryWords } from './useHistoryWords';

/** Another superior from a day on; all that is below goes along. */
export function Move({ organization, onClose }: DialogProps) {
  const { t } = useHistoryWords();
  const today = useToday();
  const session = useKnown();
  const now = useOrganization(organization.parent);
  const [parent, setParent] = useState<Chosen | null | undefined>(undefined);
  const [day, setDay] = useState(today);
  const { write, dialog, busy, error } = useReplacing(
    organization,
    (written) => t('move.done', { name: written.name, parent: parent?.name ?? t('move.top') }),
    onClose,
  );
  const id = parent === undefined ? organization.parent : (parent?.id ?? null);
  const ready = parent !== undefined && id !== organization.parent && id !== organization.id;
  return (
    <>
      <Modal
        title={t('move.title', { name: organization.name })}
        open
        onCancel={onClose}
        onOk={() => write({ ...contentOf(organization), parent: id }, day === today ? undefined : day)}
        okText={t('move.send')}
        okButtonProps={{ disabled: !ready || !isPast(day, today), loading: busy }}
        cancelText={t('console:cancel')}
      >
        <div className="form">
          <p className="quiet">
            {t('move.now', {
              name: organization.parent === null ? t('top') : (now.data?.name ?? organization.parent),
            })}
          </p>
          <OrganizationField
            label={t('move.parent')}
            action="organization.write"
            value={parent}
            onChange={setParent}
            all={mayEverywhere(session, 'organization.write') ? t('move.top') : undefined}
          />
          <DayField value={day} onChange={setDay} hint={t('dateHint')} />
          <p className="notice">
            {t('move.effect', { name: organization.name })} <Below id={organization.id} />
          </p>
          {error && <Fault error={error} />}
        </div>
      </Modal>
      {dialog}
    </>
  );
}
