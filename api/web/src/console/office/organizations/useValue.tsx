import type { ReactNode } from 'react';
import { coordinate } from '../../../format/coordinate';
import { distance } from '../../../format/scale';
import { useOrganization } from '../../api/organizations';
import { useLanguage } from '../../services';
import { type Area, cornersOf } from '../../state/registration';
import { useHistoryWords } from './history/useHistoryWords';
import { useLinkTo } from './useLinkTo';
import { useNames } from './useNames';
import { useWords } from './useWords';

/** Names members of organizations; the ends of one as a whole are among them. */
export function useLabel(): (field: string) => string {
  const { t } = useWords();
  const { t: h } = useHistoryWords();
  return (field) =>
    field === 'valid_from' || field === 'valid_to' || field === 'jurisdiction'
      ? h(`field.${field}`)
      : t(`field.${field as 'name'}`);
}

/** Writes values of organizations as people read them: codes by their names, places as coordinates, superiors by name. */
export function useValue(): (field: string, value: unknown, name?: string | undefined) => ReactNode {
  const { t } = useWords();
  const { t: h } = useHistoryWords();
  const names = useNames();
  const language = useLanguage();
  return (field, value, name) => {
    if (field === 'parent') return value === null ? h('top') : <Superior id={Number(value)} name={name} />;
    if (field === 'valid_from' || field === 'valid_to') return value === null ? h('forever') : String(value);
    if (value === '' || value === null || value === undefined) return h('nothing');
    if (field === 'location' && Array.isArray(value)) {
      return (
        <span className="number">
          {coordinate({ lng: Number(value[0]), lat: Number(value[1]) }, 'decimal', language)}
        </span>
      );
    }
    if (field === 'location_accuracy_m')
      return Number(value) > 0 ? distance(Number(value), language) : t('accuracyUnknown');
    // The history tells of an area only how many corners it has.
    if (field === 'jurisdiction')
      return h('area', { count: typeof value === 'number' ? value : cornersOf(value as Area) });
    if (field === 'kind') return names.kind(String(value));
    if (field === 'source_crs') return names.system(String(value));
    if (field === 'level') return names.level(String(value));
    if (field === 'location_source') return names.source(String(value));
    if (field === 'location_state') return t(`translation:locationState.${value as 'reported'}`);
    if (field === 'status') return t(`status.${value as 'active'}`);
    return String(value);
  };
}

/** A superior by its name; one that is retired or hidden has none to be asked for. */
function Superior({ id, name }: { id: number; name: string | undefined }) {
  const { t } = useHistoryWords();
  const linkTo = useLinkTo();
  const asked = useOrganization(name === undefined ? id : null);
  const shown = name ?? asked.data?.name;
  if (shown === undefined) return <>{asked.isPending ? id : t('unknown', { id })}</>;
  return <a href={linkTo(id)}>{shown}</a>;
}
