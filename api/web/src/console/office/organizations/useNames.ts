import { useMemo } from 'react';
import { useCodeName } from '../../api/organizations';
import { beltOf } from '../../state/belt';
import { useWords } from './useWords';

/** Names of systems of coordinates as people know them; one that they do not know stands for itself. */
function nameOfSystem(t: ReturnType<typeof useWords>['t'], system: string): string {
  const belt = beltOf(system);
  if (belt) return t(`system.belt${belt.degrees}`, { ...belt });
  return t(`system.${system.toLowerCase().replace(':', '') as 'gcj02'}`, { defaultValue: system });
}

/**
 * The names of codes of organizations: the page's own, and those that an operator added as the server gives them. The same
 * object until one of them changes.
 */
export function useNames() {
  const { t, i18n } = useWords();
  const kind = useCodeName('organization_kind');
  const level = useCodeName('organization_level');
  const source = useCodeName('location_source');
  return useMemo(() => {
    const known = (key: string) => i18n.exists(`translation:${key}`);
    return {
      system: (system: string): string => nameOfSystem(t, system),
      kind: (code: string): string =>
        known(`kind.${code}`) ? t(`translation:kind.${code as 'branch'}`) : kind(code),
      level: (code: string): string =>
        known(`level.${code}`) ? t(`translation:level.${code as 'village'}`) : level(code),
      source: (code: string): string =>
        known(`locationSource.${code}`) ? t(`translation:locationSource.${code as 'map'}`) : source(code),
    };
  }, [t, i18n, kind, level, source]);
}
