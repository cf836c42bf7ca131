import { useState } from 'react';
import { useOrganization } from '../../../api/organizations';
import { mayEverywhere } from '../../../state/may';
import { OrganizationField } from '../../OrganizationField';
import type { Chosen } from '../../OrganizationFinder';
import { useKnown } from '../../session';
import type { DialogProps } from './History';
import { Rewrite } from './Rewrite';
import { useHistoryWords } from './useHistoryWords';

/** Another superior from a day on; all that is below goes along. */
export function Move({ organization, onClose }: DialogProps) {
  const { t } = useHistoryWords();
  const session = useKnown();
  const { id, parent: before } = organization;
  const now = useOrganization(before);
  const [chosen, setChosen] = useState<Chosen | null | undefined>(undefined);
  const parent = chosen?.id ?? null;
  const ready = chosen !== undefined && parent !== before && parent !== id;
  return (
    <Rewrite
      organization={organization}
      onClose={onClose}
      what="move"
      change={ready ? { parent } : null}
      said={(written) => t('move.done', { name: written.name, parent: chosen?.name ?? t('move.top') })}
      planned={(day) =>
        t('move.planned', { day, name: organization.name, parent: chosen?.name ?? t('move.top') })
      }
      dayHint={t('moveHint')}
    >
      <p className="quiet">
        {t('move.now', { name: before === null ? t('top') : (now.data?.name ?? before) })}
      </p>
      <OrganizationField
        label={t('move.parent')}
        action="organization.write"
        value={chosen}
        onChange={setChosen}
        all={mayEverywhere(session, 'organization.write') ? t('move.top') : undefined}
      />
    </Rewrite>
  );
}
