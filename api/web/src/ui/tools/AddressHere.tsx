import { useQuery } from '@tanstack/react-query';
import { type AddressOfPlace, unwrap } from '../../api/client';
import { distance } from '../../format/scale';
import { useLanguage, useServices } from '../../services';
import { levelName } from '../../state/division';
import { Problem } from '../Problem';
import { Skeleton } from '../Skeleton';
import { useTools } from './useTools';

/** The address of a place, how exact it is, and that of the nearest organization. Addresses are Chinese in every language. */
export function AddressHere({ at }: { at: readonly [number, number] }) {
  const { t } = useTools();
  const { data, error, isError, refetch } = useAddress(at);
  if (isError) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={1} />;
  return (
    <section className="address-here" aria-label={t('address.label')} data-by={data.by}>
      {data.address !== '' && (
        <p className="address-text" lang="zh">
          {data.address}
        </p>
      )}
      <p className="quiet-text">
        <Exactness answer={data} />
      </p>
      {data.organization && data.organization.address !== '' && <Beside organization={data.organization} />}
    </section>
  );
}

function useAddress(at: readonly [number, number]) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['address', at],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/geocode/reverse', { params: { query: { point: at.join() } }, signal })),
  });
}

function Exactness({ answer }: { answer: AddressOfPlace }) {
  const { t, i18n } = useTools();
  const language = useLanguage();
  const deepest = answer.divisions.at(-1);
  if (answer.by === 'nearest_label')
    return t('address.outside', { distance: distance(answer.distance_m ?? 0, language) });
  if (!deepest) return t('address.nothing');
  const level = i18n.t(`level.${levelName(deepest.level)}`, { ns: 'translation' }).toLowerCase();
  return answer.accuracy_m
    ? t('address.within', { level, distance: distance(answer.accuracy_m, language) })
    : t('address.to', { level });
}

function Beside({ organization }: { organization: NonNullable<AddressOfPlace['organization']> }) {
  const { t } = useTools();
  const language = useLanguage();
  const metres = distance(organization.distance_m, language);
  return (
    <p className="quiet-text">
      {t('address.beside', { name: organization.name, distance: metres })}
      <span lang="zh"> {organization.address}</span>
    </p>
  );
}
