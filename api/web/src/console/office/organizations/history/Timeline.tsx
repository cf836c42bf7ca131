import { lazy, Suspense, useState } from 'react';
import { dayAt } from '../../../../format/day';
import { distance } from '../../../../format/scale';
import type { OrganizationChange, OrganizationWrite, Plan } from '../../../api/contract';
import { aboutOf, useHistory, useHistoryActions } from '../../../api/history';
import { usePlans } from '../../../api/plans';
import { useWrite } from '../../../api/useWrite';
import { when } from '../../../format/when';
import { useLanguage, useServices } from '../../../services';
import { rangeOf } from '../../../state/contents';
import { Fault, Nothing, Rows } from '../../Notice';
import { Tag } from '../../Tag';
import { CancelPlan } from '../plans/CancelPlan';
import { useLabel, useValue } from '../useValue';
import { useHistoryWords } from './useHistoryWords';

const MoveMap = lazy(() => import('./MoveMap'));

interface TimelineProps {
  id: number;
  name: string;
  /** The present one: what is restored is written over it. */
  version: number;
  writes: boolean;
  retired: boolean;
}

/** Every write to an organization with what it changed, newest first. */
export function Timeline(props: TimelineProps) {
  const { t } = useHistoryWords();
  const history = useHistory(props.id);
  const items = history.data?.pages.flatMap((page) => page.items) ?? [];
  const { data: plans = [] } = usePlans(props.id);
  const today = dayAt(new Date());
  const holds = items.find(({ content, valid_from: from, valid_to: to }) => {
    return content !== null && (from ?? '') <= today && (to === null || to > today);
  });
  return (
    <section className="block timeline-block" aria-labelledby="history-title">
      <h3 id="history-title">{t('title')}</h3>
      {history.isError && <Fault error={history.error} retry={() => void history.refetch()} />}
      {history.isPending && <Rows count={5} />}
      {history.isSuccess && items.length === 0 && <Nothing text={t('empty')} />}
      <ol className="writes">
        {items.map((write) => (
          <Write
            key={`${write.version} ${write.recorded}`}
            write={write}
            present={write === holds && !props.retired}
            plan={plans.find(({ version }) => version === write.version)}
            begun={(write.valid_from ?? '') <= today}
            {...props}
          />
        ))}
      </ol>
      {history.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t('more')}
        </button>
      )}
    </section>
  );
}

interface WriteProps extends TimelineProps {
  write: OrganizationWrite;
  /** What it said holds today. */
  present: boolean;
  /** What it planned and is still to come. */
  plan: Plan | undefined;
  /** It is about days that have begun: of what was only planned there is nothing to restore. */
  begun: boolean;
}

function Write({ write, present, plan, begun, ...props }: WriteProps) {
  const { t } = useHistoryWords();
  const language = useLanguage();
  const author = write.author === '' ? t('hidden') : write.author;
  return (
    <li className="write" data-version={write.version}>
      <div className="write-head">
        <strong>{t(`action.${write.action}`)}</strong>
        {write.version !== null && <span className="quiet">{t('version', { version: write.version })}</span>}
        {present && <Tag tone="good">{t('present')}</Tag>}
        {plan && <Tag tone="warn">{t('planned')}</Tag>}
        {plan && props.writes && <CancelPlan organization={props} day={plan.valid_from} />}
        {props.writes && !present && begun && write.content && write.version !== null && (
          <Restore {...props} wanted={write.version} shownAs={write.content.name} />
        )}
      </div>
      <p className="quiet">
        {t('by', { author, when: when(write.recorded, language) })} · <Valid write={write} />
      </p>
      <Changes write={write} />
    </li>
  );
}

function Valid({ write: { valid_from: from, valid_to: to } }: { write: OrganizationWrite }) {
  const { t } = useHistoryWords();
  return <>{t(`valid.${rangeOf(from, to)}`, { from, to })}</>;
}

function Changes({ write }: { write: OrganizationWrite }) {
  const { t } = useHistoryWords();
  if (write.changes.length > 0) {
    return (
      <dl className="facts changes">
        {write.changes.map((change) => (
          <Change key={change.field} change={change} />
        ))}
      </dl>
    );
  }
  const name = write.content?.name;
  if (name === undefined || write.action === 'replace') return <p>{t('same')}</p>;
  const first = write.action === 'create' || write.version === 1;
  return <p>{t(first ? 'born' : 'again', { name })}</p>;
}

function Change({ change }: { change: OrganizationChange }) {
  const value = useValue();
  const { field } = change;
  const label = useLabel()(field);
  return (
    <div data-field={field}>
      <dt>{label}</dt>
      <dd>
        <del>{value(field, change.old, change.old_name)}</del>
        <span aria-hidden="true"> → </span>
        <ins>{value(field, change.new, change.new_name)}</ins>
        {change.metres !== undefined && <Moved change={change} metres={change.metres} />}
      </dd>
    </div>
  );
}

/** How far a place moved, and on demand where. */
function Moved({ change, metres }: { change: OrganizationChange; metres: number }) {
  const { t } = useHistoryWords();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  return (
    <div className="moved">
      <span className="number">{t('moved', { distance: distance(metres, language) })}</span>
      <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'map.hide' : 'map.show')}
      </button>
      {open && (
        <Suspense fallback={<div className="place-map" />}>
          <MoveMap from={change.old as [number, number]} to={change.new as [number, number]} />
        </Suspense>
      )}
    </div>
  );
}

type RestoreProps = TimelineProps & { wanted: number; shownAs: string };

function Restore({ id, version, wanted, shownAs }: RestoreProps) {
  const { t } = useHistoryWords();
  const { undoing } = useServices();
  const { restore, undo } = useHistoryActions();
  const send = useWrite({
    mutationFn: () => restore(id, version, wanted),
    onSuccess: (written) =>
      undoing.offer(
        t('restored', { name: shownAs, version: wanted }),
        () => undo(id, written.version),
        aboutOf(id),
      ),
  });
  return (
    <>
      <button
        type="button"
        className="button restore"
        disabled={send.isPending}
        onClick={() => send.mutate()}
      >
        {t('restore')}
      </button>
      {send.isError && <Fault error={send.error} />}
    </>
  );
}
