import { useRef, useState } from 'react';
import { useDelayed } from '../../../../ui/useDelayed';
import type { OrganizationDetail, OrganizationNode, Reorganization, SplitInput } from '../../../api/contract';
import { aboutOf, inputOf, useBelow, useHistoryActions } from '../../../api/history';
import { useWrite } from '../../../api/useWrite';
import { useServices } from '../../../services';
import { Field } from '../../../ui/Field';
import { Check } from '../../Check';
import { Choice } from '../../Choice';
import { Dialog } from '../../Dialog';
import { CloseIcon, PlusIcon } from '../../icons';
import { DayField, isBy, useToday } from './DayField';
import type { DialogProps } from './History';
import { Preview } from './Preview';
import { Refused } from './Refused';
import { useHistoryWords } from './useHistoryWords';

/** A new organization in the form: its key stays while others go. */
interface Target {
  key: number;
  name: string;
}

/** Organizations come from one, which ends or goes on. */
export function Split({ organization, onClose }: DialogProps) {
  const { t } = useHistoryWords();
  const { undoing, places } = useServices();
  const { split, undo } = useHistoryActions();
  const today = useToday();
  const below = useBelow(organization.id);
  const [targets, setTargets] = useState<Target[]>([
    { key: 0, name: '' },
    { key: 1, name: '' },
  ]);
  const next = useRef(2);
  const add = () => setTargets([...targets, { key: next.current++, name: '' }]);
  const [primary, setPrimary] = useState(0);
  const [keep, setKeep] = useState(false);
  const least = keep ? 1 : 2;
  const turn = (kept: boolean) => {
    setKeep(kept);
    // What ends goes into two at least.
    if (!kept && targets.length < 2) add();
  };
  const [day, setDay] = useState(today);
  const [placed, setPlaces] = useState<Record<number, number>>({});
  const made = { organization, targets, primary, keep, day, chosen: placed };
  const body = isBy(day, today) ? bodyOf(made) : null;
  const asked = useDelayed(JSON.stringify(body), 300);
  const left = ({ targets: made }: Reorganization) => {
    const [first] = made;
    const text = t('split.done', { name: organization.name, count: made.length });
    if (first) undoing.offer(text, () => undo(first.id, first.version), aboutOf(organization.id));
    onClose();
    if (!keep && first)
      places.go({ page: 'organizations', item: String(first.id), query: { tab: 'history' } });
  };
  const send = useWrite({ mutationFn: (wanted: SplitInput) => split(wanted, left) });
  return (
    <Dialog
      title={t('split.title', { name: organization.name })}
      open
      width={640}
      onCancel={onClose}
      onOk={() => body && send.mutate(body)}
      okText={t('split.send')}
      okButtonProps={{ disabled: body === null, loading: send.isPending }}
      cancelText={t('console:cancel')}
    >
      <div className="form">
        <Targets targets={targets} least={least} onChange={setTargets} add={add} />
        <p className="field-hint">{t('split.copied')}</p>
        <Check checked={keep} onChange={turn}>
          {t('split.keep')} <span className="quiet">{t('split.keepHint')}</span>
        </Check>
        <DayField value={day} onChange={setDay} hint={t('dateHint')} />
        {(below.data?.numberMatched ?? 0) > 0 && (
          <Subordinates
            {...{ targets, keep, primary, setPrimary }}
            below={below.data?.items ?? []}
            chosen={placed}
            choose={(id, target) => setPlaces({ ...placed, [id]: target })}
          />
        )}
        <Preview kind="split" body={JSON.parse(asked) as SplitInput | null} date={day} />
        {send.isError && <Refused error={send.error} />}
      </div>
    </Dialog>
  );
}

interface Made {
  organization: OrganizationDetail;
  targets: readonly Target[];
  primary: number;
  keep: boolean;
  day: string;
  /** Index of the target of a subordinate; -1: it stays. */
  chosen: Readonly<Record<number, number>>;
}

/** What is sent; null while a name is missing. What a new organization is beside its name it takes from the present one. */
function bodyOf({ organization, targets, primary, keep, day, chosen }: Made): SplitInput | null {
  if (targets.length < (keep ? 1 : 2) || targets.some(({ name }) => name.trim() === '')) return null;
  const content = inputOf(organization, organization);
  const children = Object.entries(chosen)
    .filter(([, target]) => target >= 0 && target < targets.length)
    .map(([id, target]) => ({ id: Number(id), target }));
  return {
    source: { id: organization.id, version: organization.version },
    targets: targets.map(({ name }) => ({
      ...content,
      name: name.trim(),
      short_name: '',
      code: '',
      uscc: '',
    })),
    primary: Math.min(primary, targets.length - 1),
    date: day,
    keep,
    children,
  };
}

interface TargetsProps {
  targets: readonly Target[];
  least: number;
  onChange: (targets: Target[]) => void;
  add: () => void;
}

function Targets({ targets, least, onChange, add }: TargetsProps) {
  const { t } = useHistoryWords();
  return (
    <fieldset className="targets">
      <legend>{t('split.targets')}</legend>
      {targets.map(({ key, name }, i) => (
        <div key={key} className="target">
          <Field
            label={t('split.target', { n: i + 1 })}
            value={name}
            maxLength={200}
            autoFocus={i === 0}
            onChange={(text) => onChange(targets.map((one) => (one.key === key ? { key, name: text } : one)))}
          />
          {targets.length > least && (
            <button
              type="button"
              className="square"
              aria-label={t('split.remove', { n: i + 1 })}
              onClick={() => onChange(targets.filter((one) => one.key !== key))}
            >
              <CloseIcon />
            </button>
          )}
        </div>
      ))}
      {targets.length < 20 && (
        <button type="button" className="button add" onClick={add}>
          <PlusIcon />
          {t('split.add')}
        </button>
      )}
    </fieldset>
  );
}

interface SubordinatesProps {
  targets: readonly Target[];
  keep: boolean;
  primary: number;
  setPrimary: (target: number) => void;
  below: readonly OrganizationNode[];
  chosen: Readonly<Record<number, number>>;
  choose: (id: number, target: number) => void;
}

/** Who of those below goes where. */
function Subordinates({ targets, keep, primary, setPrimary, below, chosen, choose }: SubordinatesProps) {
  const { t } = useHistoryWords();
  const names = targets.map(
    ({ name }, i) => [String(i), name.trim() || t('split.target', { n: i + 1 })] as const,
  );
  const options = keep ? [['-1', t('split.stay')] as const, ...names] : names;
  const usual = keep ? -1 : Math.min(primary, targets.length - 1);
  return (
    <>
      {!keep && (
        <Choice
          label={t('split.primary')}
          value={String(usual)}
          options={names}
          onChange={(value) => setPrimary(Number(value))}
        />
      )}
      <details className="fold children">
        <summary>{t('split.children')}</summary>
        {below.map(({ id, name }) => (
          <Choice
            key={id}
            label={name}
            value={String(chosen[id] ?? usual)}
            options={options}
            onChange={(value) => choose(id, Number(value))}
          />
        ))}
      </details>
    </>
  );
}
