import { useTranslation } from 'react-i18next';
import type { AddressHit } from '../api/client';
import { distance } from '../format/scale';
import { useLanguage } from '../services';
import { levelName } from '../state/division';

/** What one must know of how an address was read, and how exact its place is. */
export function AddressNote({ hit }: { hit: AddressHit }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const told = hit.warnings.filter((kind) => kind !== 'parent_inferred');
  const level = hit.placed_level && t(`level.${levelName(hit.placed_level)}`).toLowerCase();
  const exact = level
    ? hit.accuracy_m
      ? t('address.within', { level, distance: distance(hit.accuracy_m, language) })
      : t('address.to', { level })
    : t('address.nowhere');
  return <>{[...new Set(told.map((kind) => t(`address.${kind}`))), exact].join(' · ')}</>;
}
