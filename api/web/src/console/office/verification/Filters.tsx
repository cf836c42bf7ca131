import { useEffect, useState } from 'react';
import { exact } from '../../../format/number';
import { useDelayed } from '../../../ui/useDelayed';
import type { FindingCode, LocationState } from '../../api/contract';
import { pathOf, useDivisionPath, useOrganization } from '../../api/organizations';
import { type LocationFilter, useLocationCounts } from '../../api/verification';
import { useLanguage, useServices } from '../../services';
import { mayEverywhere } from '../../state/may';
import { locationStates } from '../../state/verification';
import { Field } from '../../ui/Field';
import { Choice } from '../Choice';
import { OrganizationField } from '../OrganizationField';
import { useKnown } from '../session';
import { StateMark } from './StateMark';
import { useWords } from './useWords';

/** What the list is filtered by; the numbers tell how many there are of each. */
export function Filters({ filter }: { filter: LocationFilter }) {
  const { t } = useWords();
  return (
    <div className="waiting-filters">
      <fieldset className="chips state-chips">
        <legend className="visually-hidden">{t('filter.states')}</legend>
        <StateChips filter={filter} />
      </fieldset>
      <FindingChoice filter={filter} />
      <details className="fold more-filters" open={filter.division !== '' || filter.organization !== null}>
        <summary>
          {t('filter.organization')} · {t('filter.division')}
        </summary>
        <Belonging filter={filter} />
        <DivisionFilter filter={filter} />
      </details>
    </div>
  );
}

function StateChips({ filter }: { filter: LocationFilter }) {
  const { t, stateName } = useWords();
  const { places } = useServices();
  const language = useLanguage();
  const counts = useLocationCounts(filter);
  const chip = (state: LocationState | '') => (
    <button
      key={state}
      type="button"
      className="chip"
      data-state={state}
      aria-pressed={filter.state === state}
      onClick={() => places.filter({ state })}
    >
      {state === '' ? t('filter.open') : <StateMark state={state} />}
      {state !== '' && stateName(state)}
      {state !== '' && counts.data && (
        <span className="count">{exact(counts.data.states[state] ?? 0, language)}</span>
      )}
    </button>
  );
  return <>{(['', ...locationStates] as const).map(chip)}</>;
}

const findingCodes = [
  'null-island',
  'outside-country',
  'swapped',
  'shifted-gcj02',
  'shifted-bd09',
  'outside-division',
  'division-point',
  'generated',
  'same-point',
  'accuracy-unknown',
  'accuracy-poor',
  'no-boundary',
] as const satisfies readonly FindingCode[];

function FindingChoice({ filter }: { filter: LocationFilter }) {
  const { t } = useWords();
  const { places } = useServices();
  const language = useLanguage();
  const counts = useLocationCounts(filter);
  const figure = (n: number) => `${counts.data?.capped ? t('counts.capped') : ''}${exact(n, language)}`;
  const found = counts.data?.findings ?? {};
  const there = findingCodes.filter((code) => (found[code] ?? 0) > 0 || code === filter.finding);
  return (
    <Choice<string>
      label={t('filter.finding')}
      value={filter.finding}
      onChange={(finding) => places.filter({ finding })}
      options={[
        ['', t('filter.anyFinding')],
        ...there.map((code) => [code, `${t(`finding.${code}`)} (${figure(found[code] ?? 0)})`] as const),
        ['unchecked', `${t('finding.unchecked')} (${figure(counts.data?.unchecked ?? 0)})`],
      ]}
    />
  );
}

function Belonging({ filter }: { filter: LocationFilter }) {
  const { t } = useWords();
  const { places } = useServices();
  const session = useKnown();
  const organization = useOrganization(filter.organization);
  const all = mayEverywhere(session, 'organization.read') ? 'organization.every' : 'organization.mine';
  return (
    <OrganizationField
      label={t('filter.organization')}
      action="organization.read"
      value={organization.data ?? null}
      onChange={(chosen) => places.filter({ organization: chosen ? String(chosen.id) : '' })}
      all={t(`console:${all}`)}
    />
  );
}

function DivisionFilter({ filter }: { filter: LocationFilter }) {
  const { t } = useWords();
  const { places } = useServices();
  const [text, setText] = useState(filter.division);
  useEffect(() => setText(filter.division), [filter.division]);
  const whole = /^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$/.test(text);
  const rested = useDelayed(text, 300);
  useEffect(() => {
    if (rested === text && (whole || text === '') && text !== filter.division)
      places.filter({ division: text });
  }, [rested, text, whole, filter.division, places]);
  const known = useDivisionPath(whole ? text.padEnd(12, '0') : null);
  return (
    <Field
      label={t('filter.division')}
      value={text}
      onChange={setText}
      inputMode="numeric"
      maxLength={12}
      hint={known.data ? pathOf(known.data) : t('filter.divisionHint')}
      error={known.isError && t('filter.divisionBad')}
    />
  );
}
