import { useTranslation } from 'react-i18next';
import { useDivision } from '../../api/queries';
import { exact } from '../../format/number';
import { divisionName } from '../../format/romanize';
import { useLanguage } from '../../services';
import { isGroup, levelName } from '../../state/division';
import { useGo } from '../go';
import { onArrows } from '../keys';
import { Mark } from '../Mark';
import { useKindName } from '../useKinds';
import type { Counted } from './counted';
import { useTools } from './useTools';

/** So many divisions have a row of their own. */
const mostRows = 10;

/** What was counted: in all, by kind, and by division. */
export function Breakdown({ counted, fresh }: { counted: Counted; fresh: boolean }) {
  const { t } = useTools();
  const { t: page } = useTranslation();
  const language = useLanguage();
  const { total, kinds, divisions, level } = counted;
  const rest = divisions.slice(mostRows);
  return (
    <>
      <h2 data-total={total} data-fresh={fresh} aria-live={fresh ? 'polite' : 'off'}>
        {t('area.count', { count: total, total: exact(total, language) })}
      </h2>
      {total === 0 && fresh && <p className="empty">{t('area.none')}</p>}
      {total > 0 && (
        <>
          <h3>{t('area.kinds')}</h3>
          <ul className="area-list">
            {kinds.map(([kind, count]) => (
              <KindLine key={kind} kind={kind} count={count} of={total} />
            ))}
          </ul>
          <h3>
            {t('area.divisions', { level: page(`level.${levelName(level)}`).toLocaleLowerCase(language) })}
          </h3>
          <ul className="rows area-list" onKeyDown={onArrows}>
            {divisions.slice(0, mostRows).map(([code, count]) => (
              <DivisionLine key={code} code={code} count={count} of={total} />
            ))}
          </ul>
          {rest.length > 0 && (
            <p className="row still" data-rest={rest.length}>
              <span className="row-label quiet-text">{t('area.rest', { count: rest.length })}</span>
              <span className="count">
                {exact(
                  rest.reduce((sum, [, count]) => sum + count, 0),
                  language,
                )}
              </span>
            </p>
          )}
        </>
      )}
    </>
  );
}

interface LineProps {
  count: number;
  /** The number that the bar is a share of. */
  of: number;
}

function KindLine({ kind, count, of }: LineProps & { kind: string }) {
  const name = useKindName();
  const language = useLanguage();
  return (
    <li className="row still" data-kind-in-area={kind} data-count={count}>
      <Mark kind={kind} />
      <span className="row-label">{name(kind)}</span>
      <span className="count">{exact(count, language)}</span>
      <Share count={count} of={of} />
    </li>
  );
}

/** A division with its number; a press chooses it, and leaves the area as it is. */
function DivisionLine({ code, count, of }: LineProps & { code: string }) {
  const language = useLanguage();
  const { data } = useDivision(code);
  const go = useGo();
  const above = data?.ancestors.at(-1);
  const name = data ? divisionName(data, language) : code;
  // Nobody calls a place by the code that only groups others.
  const full = isGroup(code) && above ? `${divisionName(above, language)} · ${name}` : name;
  return (
    <li>
      <button
        type="button"
        data-row
        data-division-in-area={code}
        data-count={count}
        onClick={() => go.toDivision(code)}
      >
        <span className="row-label">{full}</span>
        <span className="count">{exact(count, language)}</span>
        <Share count={count} of={of} />
      </button>
    </li>
  );
}

function Share({ count, of }: LineProps) {
  return <span className="share" style={{ inlineSize: `${(100 * count) / of}%` }} />;
}
