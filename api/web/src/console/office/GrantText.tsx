import { plusDays } from '../../format/day';
import type { Grant } from '../api/contract';
import { useTexts } from '../services';

/** The role of a grant, where it holds and until when. */
export function GrantText({
  grant,
}: {
  grant: Pick<Grant, 'role' | 'organization' | 'valid_from' | 'valid_to'>;
}) {
  const { t } = useTexts();
  return (
    <>
      <strong>{t(`role.${grant.role}`)}</strong>
      <span className="grant-where">{grant.organization?.name ?? t('organization.all')}</span>
      <span className="grant-days">{useDays(grant)}</span>
    </>
  );
}

function useDays({ valid_from, valid_to }: Pick<Grant, 'valid_from' | 'valid_to'>): string {
  const { t } = useTexts();
  const from = valid_from ?? '…';
  if (valid_to === null) return t('grant.since', { from });
  return t('grant.days', { from, to: plusDays(valid_to, -1) });
}
