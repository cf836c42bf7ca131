import { useState } from 'react';
import type { MergeInput, Reorganization } from '../../../api/contract';
import { aboutOf, useHistoryActions } from '../../../api/history';
import { useOrganizationDetail } from '../../../api/organizations';
import { useWrite } from '../../../api/useWrite';
import { useServices } from '../../../services';
import { Dialog } from '../../Dialog';
import { OrganizationField } from '../../OrganizationField';
import type { Chosen } from '../../OrganizationFinder';
import { DayField, isBy, useToday } from './DayField';
import type { DialogProps } from './History';
import { Preview } from './Preview';
import { Refused } from './Refused';
import { useHistoryWords } from './useHistoryWords';

/** The organization goes into another, with all that is below it. */
export function Merge({ organization, onClose }: DialogProps) {
  const { t } = useHistoryWords();
  const { undoing, places } = useServices();
  const { merge, undo } = useHistoryActions();
  const today = useToday();
  const [target, setTarget] = useState<Chosen | null | undefined>(undefined);
  const [day, setDay] = useState(today);
  const { id, name, version } = organization;
  // The version that is shown is the one that is meant.
  const heir = useOrganizationDetail(target?.id ?? id);
  const self = target?.id === id;
  const body: MergeInput | null =
    target && !self && heir.data?.id === target.id && isBy(day, today)
      ? { sources: [{ id, version }], target: { id: target.id, version: heir.data.version }, date: day }
      : null;
  const left = ({ sources, targets }: Reorganization) => {
    const done = t('merge.done', { name, target: targets[0]?.name ?? '' });
    undoing.offer(done, () => undo(id, sources[0]?.version ?? version + 1), aboutOf(id));
    onClose();
    places.go({ page: 'organizations', item: String(target?.id), query: { tab: 'history' } });
  };
  const send = useWrite({ mutationFn: (wanted: MergeInput) => merge(wanted, left) });
  return (
    <Dialog
      unsaved={target !== undefined}
      title={t('merge.title', { name })}
      open
      onCancel={onClose}
      onOk={() => body && send.mutate(body)}
      okText={t('merge.send')}
      okButtonProps={{ disabled: body === null, loading: send.isPending }}
      cancelText={t('console:cancel')}
    >
      <div className="form">
        <OrganizationField
          label={t('merge.target')}
          action="organization.write"
          value={target}
          onChange={setTarget}
          error={self && t('merge.same')}
        />
        <DayField value={day} onChange={setDay} hint={t('dateHint')} />
        <Preview kind="merge" body={body} date={day} />
        {send.isError && <Refused error={send.error} />}
      </div>
    </Dialog>
  );
}
