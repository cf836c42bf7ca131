import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exact } from '../../format/number';
import { divisionName } from '../../format/romanize';
import { useLanguage, useServices, useUrl } from '../../services';
import { levelName, levelNamed } from '../../state/division';
import { useGo } from '../go';
import { onArrows } from '../keys';
import { Mark } from '../Mark';
import { useKindName } from '../useKinds';
import { type Counted, levelsBelow } from './counted';
import { SaveDivisions } from './SaveDivisions';
import { NothingOn } from './said';
import { type Placed, useNames } from './useNames';
import { useTools } from './useTools';

/** So many divisions have a row of their own at first, and so many when all are wanted; a file has every one. */
const mostRows = 10;
const mostShown = 500;

interface Props {
  counted: Counted;
  fresh: boolean;
  /** What stands below the number of all. */
  children?: ReactNode;
}

/** What was counted: in all, by kind, and by division. */
export function Breakdown({ counted, fresh, children }: Props) {
  const { t } = useTools();
  const language = useLanguage();
  const { total, kinds } = counted;
  return (
    <>
      <h2 data-total={total} data-fresh={fresh} aria-live={fresh ? 'polite' : 'off'}>
        {t('area.count', { count: total, total: exact(total, language) })}
      </h2>
      {children}
      {total === 0 && fresh && <Empty />}
      {total > 0 && (
        <>
          <h3>{t('area.kinds')}</h3>
          <ul className="rows area-list" onKeyDown={onArrows}>
            {kinds.map(([kind, count]) => (
              <KindLine key={kind} kind={kind} count={count} of={total} />
            ))}
          </ul>
          <Divisions counted={counted} fresh={fresh} />
        </>
      )}
    </>
  );
}

function Empty() {
  const { t } = useTools();
  const day = useUrl((state) => state.datetime);
  if (day === null) return <p className="empty">{t('area.none')}</p>;
  return <NothingOn day={day} />;
}

interface LineProps {
  count: number;
  /** The number that the bar is a share of. */
  of: number;
}

/** A kind with its number; a press narrows the whole page down to it, and the next one takes that back. */
function KindLine({ kind, count, of }: LineProps & { kind: string }) {
  const { t } = useTools();
  const name = useKindName();
  const language = useLanguage();
  const { store } = useServices();
  const chosen = useUrl((state) => state.kinds);
  const alone = chosen?.length === 1 && chosen[0] === kind;
  return (
    <li>
      <button
        type="button"
        data-row
        data-kind-in-area={kind}
        data-count={count}
        aria-pressed={alone}
        title={t(alone ? 'area.allKinds' : 'area.onlyKind', { kind: name(kind) })}
        onClick={() => store.set({ kinds: alone ? null : [kind] })}
      >
        <Mark kind={kind} />
        <span className="row-label">{name(kind)}</span>
        <span className="count">{exact(count, language)}</span>
        <Share count={count} of={of} />
      </button>
    </li>
  );
}

/** The divisions of one level that the area touches, the most organizations first. */
function Divisions({ counted, fresh }: { counted: Counted; fresh: boolean }) {
  const { t } = useTools();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const { total, divisions, level } = counted;
  const shown = divisions.slice(0, all ? mostShown : mostRows);
  const names = useNames(shown.map(([code]) => code));
  const rest = divisions.slice(shown.length);
  return (
    <section aria-labelledby="area-divisions" data-level={level} data-divisions={divisions.length}>
      <div className="area-head">
        <h3 id="area-divisions">{t('area.touched', { count: divisions.length })}</h3>
        <LevelChoice level={level} />
      </div>
      <ul className="rows area-list" onKeyDown={onArrows}>
        {shown.map(([code, count]) => (
          <DivisionLine key={code} code={code} count={count} of={total} named={names.get(code)} />
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
      <div className="actions">
        {divisions.length > mostRows && (
          <button
            type="button"
            className="button"
            data-act="all"
            aria-expanded={all}
            onClick={() => setAll(!all)}
          >
            {t(all ? 'area.fewer' : 'area.all', { n: exact(divisions.length, language) })}
          </button>
        )}
        {fresh && <SaveDivisions counted={counted} />}
      </div>
    </section>
  );
}

function LevelChoice({ level }: { level: Counted['level'] }) {
  const { t } = useTools();
  const { t: page } = useTranslation();
  const language = useLanguage();
  const { store } = useServices();
  const levels = levelsBelow(useUrl((state) => state.division));
  return (
    <select
      aria-label={t('area.level')}
      data-act="level"
      value={levelName(level)}
      onChange={(event) => store.set({ by: levelNamed(event.target.value) })}
    >
      {(levels.includes(level) ? levels : [level]).map((one) => (
        <option key={one} value={levelName(one)}>
          {t('area.divisions', { level: page(`level.${levelName(one)}`).toLocaleLowerCase(language) })}
        </option>
      ))}
    </select>
  );
}

/** A division with its number; a press chooses it, and leaves the area as it is. */
function DivisionLine({ code, count, of, named }: LineProps & { code: string; named: Placed | undefined }) {
  const language = useLanguage();
  const go = useGo();
  return (
    <li>
      <button
        type="button"
        data-row
        data-division-in-area={code}
        data-count={count}
        onClick={() => go.toDivision(code)}
      >
        <span className="row-label">
          {named ? divisionName(named, language) : code}
          {named?.above && <span className="quiet-text above"> {divisionName(named.above, language)}</span>}
        </span>
        <span className="count">{exact(count, language)}</span>
        <Share count={count} of={of} />
      </button>
    </li>
  );
}

function Share({ count, of }: LineProps) {
  return <span className="share" style={{ inlineSize: `${(100 * count) / of}%` }} />;
}
