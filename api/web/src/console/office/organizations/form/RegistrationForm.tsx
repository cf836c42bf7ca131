import { Button } from 'antd';
import { type FormEvent, useEffect, useState } from 'react';
import { useCell } from '../../../../state/cell';
import { useDelayed } from '../../../../ui/useDelayed';
import { useMedia } from '../../../../ui/useSize';
import type { AskedField, OrganizationDetail } from '../../../api/contract';
import { pathOf, useCodes, useDivisionPath, useOrganizationDetail } from '../../../api/organizations';
import { useDivisionsAt, useSimilar } from '../../../api/registration';
import { useServices } from '../../../services';
import { mayEverywhere } from '../../../state/may';
import type { Kept, Refused } from '../../../state/outbox';
import {
  type Filled,
  kindOf,
  levelOf,
  levels,
  mayHold,
  missing,
  type Place,
  statuses,
} from '../../../state/registration';
import { useRoute } from '../../../state/route';
import { Field } from '../../../ui/Field';
import { Choice } from '../../Choice';
import { OrganizationField } from '../../OrganizationField';
import { useOutbox } from '../../outbox';
import { useKnown } from '../../session';
import { useNames } from '../useNames';
import { useWords } from '../useWords';
import { AreaField, type AreaTool } from './AreaField';
import { AskedMark, useAsked } from './AskedMark';
import { DivisionField } from './DivisionField';
import { FormMap } from './FormMap';
import { PlaceField } from './PlaceField';
import { Refusal } from './Refusal';
import { Similar } from './Similar';

interface RegistrationFormProps {
  /** Names the form, and its request. */
  id: string;
  /** What is altered; null for a new organization. */
  organization: Kept['organization'];
  /** What stands in it while nothing was kept. */
  initial: Filled;
  onClose: () => void;
}

/** Registers an organization, or alters one: it asks the least and finds out the rest. */
export function RegistrationForm({ id, organization, initial, onClose }: RegistrationFormProps) {
  const { t } = useWords();
  const { places } = useServices();
  const outbox = useOutbox();
  const kept = useCell(outbox.kept).find((one) => one.id === id);
  const about = kept?.organization ?? organization;
  const { filled, set, fill } = useFilled(id, about, kept?.filled ?? initial);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [tool, setTool] = useState<AreaTool | null>(null);
  const narrow = useMedia('(max-width: 1199px)');
  const topmost = useTopmost();
  const superior = useOrganizationDetail(filled.parent?.id ?? null);
  const at = useDivisionsAt(filled.place);
  const similar = useResemblance(filled, about?.id ?? null);
  useDerived(filled, fill, at.data, superior.data);

  const asked = useAsked(organization?.id);
  const { task = '' } = useRoute().query;
  const lacking = missing(filled);
  const codeTaken = similar?.taken?.code === true;
  const ready = lacking.length === 0 && !codeTaken;
  const sent = useCell(outbox.sent);
  useEffect(() => {
    if (sent?.id !== id) return;
    places.go({ page: 'organizations', item: String(sent.organization.id), query: { task } }, 'replace');
  }, [sent, id, places, task]);
  const send = async () => {
    outbox.keep(id, about, filled);
    setBusy(true);
    await outbox.submit(id);
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ready && !busy) void send();
  };
  const move = (place: Place, more: Partial<Filled> = {}) => set({ place, ...more });
  const map = <FormMap place={filled.place} area={filled.jurisdiction} drawing={tool} onPlace={move} />;
  const deepest = at.data?.at(-1);
  const outside = filled.division && deepest && !mayHold(filled.division.code, deepest);
  const nowhere = filled.place !== null && at.data?.length === 0;
  return (
    <form className="registration" onSubmit={submit} noValidate>
      <div className="registration-fields">
        <State kept={kept} />
        <NameAndKind filled={filled} set={set} tried={tried} refusal={kept?.refusal ?? null} />
        {similar && <Similar items={similar.items} />}
        <OrganizationField
          label={t('field.parent')}
          action="organization.write"
          value={filled.parent}
          onChange={(parent) => set({ parent }, ['parent'])}
          all={topmost ? t('top') : undefined}
          error={tried && lacking.includes('parent') && t('form.parentMissing')}
        />
        <AskedMark field="location" asked={asked}>
          <PlaceField
            value={filled.place}
            onChange={(place, address) =>
              move(place, address !== undefined && filled.address === '' ? { address } : {})
            }
            error={tried && lacking.includes('place') && t('form.placeMissing')}
          />
        </AskedMark>
        {narrow && map}
        {(outside || nowhere || filled.division) && (
          <p className={outside || nowhere ? 'notice alarm' : 'quiet'} role="status">
            <DivisionSentence filled={filled} outside={outside === true} nowhere={nowhere} />
          </p>
        )}
        <details
          className="fold more-fields"
          open={kept?.refusal?.field || asked.length > 0 ? true : undefined}
        >
          <summary>{t('form.more')}</summary>
          <DivisionField
            value={filled.division}
            onChange={(division) => set({ division }, ['division'])}
            error={outside && t('division.outside')}
          />
          <More
            filled={filled}
            set={set}
            asked={asked}
            codeTaken={codeTaken}
            usccTaken={similar?.taken?.uscc === true}
          />
          <AskedMark field="jurisdiction" asked={asked}>
            <AreaField
              value={filled.jurisdiction}
              division={filled.division?.code ?? null}
              tool={tool}
              setTool={setTool}
              onChange={(jurisdiction) => set({ jurisdiction })}
            />
          </AskedMark>
        </details>
        {tried && lacking.includes('division') && (
          <p className="field-error" role="alert">
            {t('form.divisionMissing')}
          </p>
        )}
        <div className="buttons registration-send">
          {kept?.state === 'waiting' && (
            <p className="notice" role="status">
              {t('draft.waitingText')}
            </p>
          )}
          {kept?.refusal && (
            <Refusal id={id} refusal={kept.refusal} about={about} filled={filled} fill={fill} />
          )}
          <Button type="primary" htmlType="submit" loading={busy}>
            {t(about ? 'form.save' : 'form.send')}
          </Button>
          <Button onClick={onClose}>{t('console:close')}</Button>
        </div>
      </div>
      {!narrow && map}
    </form>
  );
}

type Set = (change: Partial<Filled>, own?: readonly string[]) => void;

/** The content of a form, kept with each change that a person makes. */
function useFilled(id: string, about: Kept['organization'], start: Filled) {
  const outbox = useOutbox();
  const [filled, setFilled] = useState(start);
  const change = (alter: (before: Filled) => Filled, keep: boolean) =>
    setFilled((before) => {
      const next = alter(before);
      if (JSON.stringify(next) === JSON.stringify(before)) return before;
      if (keep) queueMicrotask(() => outbox.keep(id, about, next));
      return next;
    });
  const set: Set = (part, own = []) =>
    change((before) => ({ ...before, ...part, own: [...new Set([...before.own, ...own])] }), true);
  /** Fills in what nobody typed: that alone is nothing to keep. */
  const fill = (part: Partial<Filled>) => change((before) => ({ ...before, ...part }), false);
  return { filled, set, fill };
}

/** What follows from the rest, until a person says otherwise: kind, level, division. */
function useDerived(
  filled: Filled,
  fill: (part: Partial<Filled>) => void,
  at: readonly { code: string; name: string }[] | undefined,
  superior: OrganizationDetail | undefined,
): void {
  const kinds = useCodes('organization_kind').data?.items;
  const { name, kind, own } = filled;
  const is = (field: string) => own.includes(field);
  const ownKind = is('kind');
  const ownLevel = is('level');
  const ownDivision = is('division');
  // biome-ignore lint/correctness/useExhaustiveDependencies: fill is another one each time, and does the same
  useEffect(() => {
    const guess = kindOf(name, kinds?.map(({ code }) => code) ?? []);
    if (!ownKind && guess !== '') fill({ kind: guess });
  }, [name, kinds, ownKind]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fill is another one each time, and does the same
  useEffect(() => {
    if (!ownLevel) fill({ level: levelOf(kind, superior?.level) });
  }, [kind, superior?.level, ownLevel]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: fill is another one each time, and does the same
  useEffect(() => {
    if (ownDivision || at === undefined) return;
    // Outside of all outlines it is filed where its superior is.
    const deepest = at.at(-1);
    const above = superior ? { code: superior.division, name: '' } : null;
    fill({ division: deepest ? { code: deepest.code, name: deepest.name } : above });
  }, [at, ownDivision, superior?.division]);
}

/** What may be the same as far as it is filled in; asked once the typing rests. */
function useResemblance({ name, place, code, uscc }: Filled, except: number | null) {
  const key = useDelayed(
    JSON.stringify([name.trim(), place && [place.lng, place.lat], code.trim(), uscc.trim()]),
    400,
  );
  const [rested, at, code_, uscc_] = JSON.parse(key) as [string, [number, number] | null, string, string];
  const asked = { name: rested, at: at && { lng: at[0], lat: at[1] }, code: code_, uscc: uscc_, except };
  return useSimilar(asked).data;
}

/** Whether one may register organizations without a superior. */
function useTopmost(): boolean {
  return mayEverywhere(useKnown(), 'organization.write');
}

interface PartProps {
  filled: Filled;
  set: Set;
}

function NameAndKind({
  filled,
  set,
  tried,
  refusal,
}: PartProps & { tried: boolean; refusal: Refused | null }) {
  const { t } = useWords();
  const names = useNames();
  const kinds = useCodes('organization_kind').data?.items ?? [];
  const lacking = tried ? missing(filled) : [];
  const options = kinds.map(({ code }) => [code, names.kind(code)] as const);
  return (
    <>
      <Field
        label={t('field.name')}
        value={filled.name}
        onChange={(name) => set({ name })}
        maxLength={200}
        autoComplete="off"
        placeholder={t('form.nameExample')}
        error={
          (lacking.includes('name') && t('console:required')) || (refusal?.field === 'name' && refusal.detail)
        }
      />
      <Choice
        label={t('field.kind')}
        value={filled.kind}
        onChange={(kind) => set({ kind }, ['kind'])}
        options={[['', t('form.choose')] as const, ...options]}
        hint={lacking.includes('kind') && <span className="field-error">{t('form.kindMissing')}</span>}
      />
    </>
  );
}

interface MoreProps extends PartProps {
  asked: readonly AskedField[];
  codeTaken: boolean;
  usccTaken: boolean;
}

function More({ filled, set, asked, codeTaken, usccTaken }: MoreProps) {
  const { t } = useWords();
  const names = useNames();
  const uscc = filled.uscc.trim();
  return (
    <>
      <Choice
        label={t('field.level')}
        value={filled.level}
        onChange={(level) => set({ level }, ['level'])}
        options={levels.map((level) => [level, names.level(level)] as const)}
      />
      <Choice
        label={t('field.status')}
        value={filled.status}
        onChange={(status) => set({ status })}
        options={statuses.map((status) => [status, t(`status.${status}`)] as const)}
        hint={t('form.statusHint')}
      />
      <AskedMark field="short_name" asked={asked}>
        <Field
          label={t('field.short_name')}
          value={filled.short_name}
          onChange={(short_name) => set({ short_name })}
          maxLength={200}
        />
      </AskedMark>
      <AskedMark field="address" asked={asked}>
        <Field
          label={t('field.address')}
          value={filled.address}
          onChange={(address) => set({ address })}
          maxLength={500}
        />
      </AskedMark>
      <AskedMark field="phone" asked={asked}>
        <Field
          label={t('field.phone')}
          type="tel"
          value={filled.phone}
          onChange={(phone) => set({ phone })}
          maxLength={40}
          hint={t('form.phoneHint')}
        />
      </AskedMark>
      <Field
        label={t('field.code')}
        value={filled.code}
        onChange={(code) => set({ code })}
        maxLength={100}
        autoComplete="off"
        error={codeTaken && t('form.codeTaken')}
      />
      <AskedMark field="uscc" asked={asked}>
        <Field
          label={t('field.uscc')}
          value={filled.uscc}
          onChange={(value) => set({ uscc: value.toUpperCase() })}
          maxLength={18}
          autoComplete="off"
          autoCapitalize="characters"
          hint={usccTaken && t('form.usccTaken')}
          error={uscc !== '' && !/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(uscc) && t('form.usccBad')}
        />
      </AskedMark>
    </>
  );
}

function DivisionSentence({
  filled,
  outside,
  nowhere,
}: {
  filled: Filled;
  outside: boolean;
  nowhere: boolean;
}) {
  const { t } = useWords();
  const path = useDivisionPath(filled.division?.code ?? null);
  const name = path.data ? pathOf(path.data) : '…';
  if (nowhere && !filled.division) return <>{t('division.nowhere')}</>;
  if (nowhere) return <>{t('division.nowhereIn', { name })}</>;
  if (outside) return <>{t('division.outsideOf', { name })}</>;
  return <>{t('division.in', { name })}</>;
}

/** Whether what is filled in is kept, or finds no room. */
function State({ kept }: { kept: Kept | undefined }) {
  const { t } = useWords();
  const full = useCell(useOutbox().full);
  if (full) {
    return (
      <p className="notice alarm" role="alert">
        {t('draft.full')}
      </p>
    );
  }
  return kept ? (
    <p className="quiet registration-state" role="status">
      {t('draft.kept')}
    </p>
  ) : null;
}
