import { type KeyboardEvent, useState } from 'react';
import { exact } from '../../format/number';
import { distance } from '../../format/scale';
import { useMedia } from '../../ui/useSize';
import { faultPage, type Import, type ImportFault, useFaults } from '../api/imports';
import { Choice } from '../office/Choice';
import { Tag } from '../office/Tag';
import { useLanguage, useServices } from '../services';
import { useRoute } from '../state/route';
import { keyedTo } from '../state/tree';
import { useLongList } from '../ui/useLongList';
import { pagesOf } from './mapping';
import { reasonTitle, useImportTexts } from './texts';

interface FaultsProps {
  job: Import;
  chosen: number | null;
  choose: (row: number) => void;
}

/** What is wrong, cell by cell. Only rows on screen are in the page, and pages of them are read as they come into view. */
export function Faults({ job, chosen, choose }: FaultsProps) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const { places } = useServices();
  const { query } = useRoute();
  const reason = query.reason ?? '';
  const total = Object.entries(job.faults).reduce(
    (sum, [one, n]) => (reason === '' || reason === one ? sum + n : sum),
    0,
  );
  const reasons = Object.entries(job.faults).sort(([, a], [, b]) => b - a);
  return (
    <section className="import-faults" aria-labelledby="faults">
      <div className="listing-head">
        <h2 id="faults">{t('faults')}</h2>
        <span className="quiet" role="status">
          {t('faultsShown', { shown: exact(total, language) })}
        </span>
      </div>
      <Choice
        label={t('why')}
        value={reason}
        onChange={(next) => places.filter({ reason: next })}
        options={[
          ['', t('every')],
          ...reasons.map(([one, n]) => [one, `${reasonTitle(t, one)} (${exact(n, language)})`] as const),
        ]}
      />
      <FaultRows key={reason} job={job} reason={reason} total={total} chosen={chosen} choose={choose} />
    </section>
  );
}

interface FaultRowsProps extends FaultsProps {
  reason: string;
  total: number;
}

function FaultRows({ job, reason, total, chosen, choose }: FaultRowsProps) {
  const { t } = useImportTexts();
  const rowHeight = useMedia('(max-width: 719px)') ? 64 : 44;
  const [active, setActive] = useState(0);
  const { box, onScroll, from, to, page } = useLongList(total, rowHeight, active);
  const pages = pagesOf(from, to, faultPage);
  const first = useFaults(job, reason, pages[0] ?? 0);
  const last = useFaults(job, reason, pages.at(-1) ?? 0);
  const faultAt = (i: number): ImportFault | undefined => {
    const number = Math.floor(i / faultPage);
    const held = number === (pages[0] ?? 0) ? first : last;
    return held.data?.items[i - number * faultPage];
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = keyedTo(event.key, active, total, page);
    const fault = faultAt(active);
    if (event.key === 'Enter' && fault) choose(fault.row);
    else if (next === null) return;
    else setActive(next);
    event.preventDefault();
  };
  return (
    // One focus for all rows; the arrows move within, Enter shows the row on the map.
    <div
      ref={box}
      className="import-rows long-list"
      role="listbox"
      tabIndex={0}
      aria-label={t('faults')}
      style={{ blockSize: Math.min(420, total * rowHeight + 2) }}
      aria-activedescendant={`fault-${active}`}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div className="long-list-rows" style={{ blockSize: total * rowHeight }}>
        {Array.from({ length: to - from }, (_, i) => from + i).map((i) => {
          const fault = faultAt(i);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            <div
              key={i}
              id={`fault-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={fault !== undefined && fault.row === chosen}
              aria-posinset={i + 1}
              aria-setsize={total}
              className={`import-row long-list-row${i === active ? ' active' : ''}`}
              style={{ insetBlockStart: i * rowHeight, blockSize: rowHeight }}
              onClick={() => {
                setActive(i);
                if (fault) choose(fault.row);
              }}
            >
              {fault && <FaultRow fault={fault} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function FaultRow({ fault }: { fault: ImportFault }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const where = fault.header !== '' ? fault.header : fault.field ? t(`field.${fault.field}`) : '';
  return (
    <>
      <span className="import-where">
        {t('place', { row: fault.row })} {where}
      </span>
      <span className="import-value">{fault.value}</span>
      <span className="import-why">
        {fault.warning && <Tag tone="warn">{t('warning')}</Tag>}{' '}
        {t(`reason.${fault.reason}` as 'reason.too-long', {
          detail: fault.detail,
          distance: distance(Math.round(Number(fault.detail)), language),
          defaultValue: fault.message,
        })}
      </span>
    </>
  );
}
