import { Button } from 'antd';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useCell } from '../../../../state/cell';
import { useDelayed } from '../../../../ui/useDelayed';
import { useMedia } from '../../../../ui/useSize';
import type { AskedField } from '../../../api/contract';
import { pathOf, useCodes, useDivisionPath, useOrganizationDetail } from '../../../api/organizations';
import { useDivisionsAt, useSimilar } from '../../../api/registration';
import { useServices } from '../../../services';
import { holds } from '../../../state/area';
import { mayEverywhere } from '../../../state/may';
import type { Kept, Refused } from '../../../state/outbox';
import {
  type Filled,
  levelOf,
  levels,
  mayHold,
  missing,
  statuses,
  usccFault,
} from '../../../state/registration';
import { useRoute } from '../../../state/route';
import { Underway } from '../../../state/underway';
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
import { showFirstFault } from './firstFault';
import { PlaceField } from './PlaceField';
import { FieldRefusal, Refusal } from './Refusal';
import { Similar } from './Similar';
import { type SetFilled, useDerived, useFilled, useSettled } from './useFilled';

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
  const { filled, set, fill, chooseSystem } = useFilled(id, about, kept?.filled ?? initial);
  const [tries, setTries] = useState(0);
  const tried = tries > 0;
  const [busy, setBusy] = useState(false);
  const [tool, setTool] = useState<AreaTool | null>(null);
  const narrow = useMedia('(max-width: 1199px)');
  const topmost = useTopmost();
  const superior = useOrganizationDetail(filled.parent?.id ?? null);
  const at = useDivisionsAt(filled.place);
  const similar = useResemblance(filled, about?.id ?? null);
  useDerived(filled, fill, at.data, superior.data);
  const settled = useSettled(filled);

  const asked = useAsked(organization?.id);
  const { task = '' } = useRoute().query;
  const lacking = missing(filled);
  const codeTaken = similar?.taken?.code === true;
  const sent = useCell(outbox.sent);
  useEffect(() => {
    if (sent?.id !== id) return;
    places.go({ page: 'organizations', item: String(sent.organization.id), query: { task } }, 'replace');
  }, [sent, id, places, task]);
  const form = useRef<HTMLFormElement>(null);
  const fresh = about === null;
  useEffect(() => {
    // A form of something new begins with its first field; the arrows of the tabs must not land in one.
    if (fresh) form.current?.querySelector('input')?.focus();
  }, [fresh]);
  useEffect(() => {
    if (tries > 0 && form.current) showFirstFault(form.current);
  }, [tries]);
  const [underway] = useState(() => new Underway<void>());
  const send = async () => {
    const ready = await settled();
    if (!ready) return;
    fill(ready);
    if (missing(ready).length > 0 || codeTaken || usccFault(ready.uscc)) return setTries(tries + 1);
    outbox.keep(id, about, ready);
    const { state } = await outbox.submit(id);
    if (state === 'refused') setTries(tries + 1);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    void underway.run('send', send).finally(() => setBusy(false));
  };
  const refusal = kept?.refusal ?? null;
  const level = <LevelChoice filled={filled} set={set} missing={tried && lacking.includes('level')} />;
  const settledParent = filled.parent === null || superior.data !== undefined;
  const asksLevel =
    filled.kind !== '' && settledParent && levelOf(filled.kind, superior.data?.level, filled.name) === '';
  const map = (
    <FormMap
      place={filled.place}
      around={superior.data?.location}
      area={filled.jurisdiction}
      drawing={tool}
      onPlace={(place) => set({ place, typed: '' })}
    />
  );
  return (
    <form className="registration" onSubmit={submit} noValidate ref={form}>
      <div className="registration-fields">
        <State kept={kept} />
        <NameAndKind filled={filled} set={set} tried={tried} refusal={refusal} />
        {similar && <Similar items={similar.items} />}
        <OrganizationField
          label={t('field.parent')}
          action="organization.write"
          value={filled.parent}
          onChange={(parent) => set({ parent }, ['parent'])}
          all={topmost ? t('top') : undefined}
          error={tried && lacking.includes('parent') ? t('form.parentMissing') : refused(refusal, 'parent')}
        />
        {asksLevel && level}
        <AskedMark field="location" asked={asked}>
          <PlaceField
            filled={filled}
            set={set}
            onAddress={(address) => filled.address === '' && set({ address })}
            onSystem={chooseSystem}
            former={about === null ? null : initial.place}
            tried={tried}
          />
        </AskedMark>
        <Warnings filled={filled} at={at.data} />
        {narrow && map}
        <Fold refusal={refusal} asked={asked.length > 0}>
          <DivisionField
            value={filled.division}
            onChange={(division) => set({ division }, ['division'])}
            error={isOutside(filled, at.data) && t('division.outside')}
          />
          <More
            filled={filled}
            set={set}
            asked={asked}
            codeTaken={codeTaken}
            usccTaken={similar?.taken?.uscc === true}
            refusal={refusal}
          >
            {!asksLevel && level}
          </More>
          <AskedMark field="jurisdiction" asked={asked}>
            <AreaField
              value={filled.jurisdiction}
              division={filled.division?.code ?? null}
              system={filled.system}
              tool={tool}
              setTool={setTool}
              onChange={(jurisdiction) => set({ jurisdiction })}
              error={refused(refusal, 'jurisdiction')}
            />
          </AskedMark>
        </Fold>
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
          {refusal && <Refusal id={id} refusal={refusal} about={about} filled={filled} fill={fill} />}
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

/** The fields in what need not be filled in. */
const folded: readonly string[] = [
  ...['short_name', 'level', 'status', 'code', 'uscc', 'address', 'phone', 'division', 'jurisdiction'],
];

/** What need not be filled in. It opens by itself when something in it was refused, and stays as one leaves it. */
function Fold({
  refusal,
  asked,
  children,
}: {
  refusal: Refused | null;
  asked: boolean;
  children: ReactNode;
}) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const inside = refusal !== null && folded.includes(refusal.field ?? '');
  useEffect(() => {
    if (inside || asked) setOpen(true);
  }, [inside, asked]);
  return (
    <details
      className="fold more-fields"
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{t('form.more')}</summary>
      {children}
    </details>
  );
}

/** What the server has against a field; nothing when it has not. */
function refused(refusal: Refused | null, field: string): ReactNode {
  return refusal?.field === field && <FieldRefusal refusal={refusal} />;
}

/** Whether the division is not that of the place. */
function isOutside({ division }: Filled, at: Divisions): boolean {
  const deepest = at?.at(-1);
  return division !== null && deepest !== undefined && !mayHold(division.code, deepest);
}

type Divisions = ReturnType<typeof useDivisionsAt>['data'];

/** Which division it is in, and what speaks against the place: it can be registered all the same. */
function Warnings({ filled, at }: { filled: Filled; at: Divisions }) {
  const { t } = useWords();
  const { place, jurisdiction, division } = filled;
  const outside = isOutside(filled, at);
  const nowhere = place !== null && at?.length === 0;
  const beyond = place !== null && jurisdiction !== null && !holds(jurisdiction, place);
  return (
    <>
      {place !== null && (outside || nowhere || division) && (
        <p className={outside || nowhere ? 'notice alarm' : 'quiet'} role="status">
          <DivisionSentence filled={filled} outside={outside} nowhere={nowhere} />
        </p>
      )}
      {beyond && (
        <p className="notice alarm" role="status">
          {t('area.beyond')}
        </p>
      )}
    </>
  );
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
  set: SetFilled;
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
        error={lacking.includes('name') ? t('console:required') : refused(refusal, 'name')}
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

function LevelChoice({ filled, set, missing }: PartProps & { missing: boolean }) {
  const { t } = useWords();
  const names = useNames();
  const options = levels.map((level) => [level, names.level(level)] as const);
  return (
    <Choice
      label={t('field.level')}
      value={filled.level}
      onChange={(level) => set({ level }, ['level'])}
      options={filled.level === '' ? [['', t('form.choose')], ...options] : options}
      hint={missing && <span className="field-error">{t('form.levelMissing')}</span>}
    />
  );
}

interface MoreProps extends PartProps {
  asked: readonly AskedField[];
  codeTaken: boolean;
  usccTaken: boolean;
  refusal: Refused | null;
  children: ReactNode;
}

function More({ filled, set, asked, codeTaken, usccTaken, refusal, children }: MoreProps) {
  const { t } = useWords();
  const wrong = usccFault(filled.uscc);
  return (
    <>
      {children}
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
          error={refused(refusal, 'short_name')}
        />
      </AskedMark>
      <AskedMark field="address" asked={asked}>
        <Field
          label={t('field.address')}
          value={filled.address}
          onChange={(address) => set({ address })}
          maxLength={500}
          error={refused(refusal, 'address')}
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
          error={refused(refusal, 'phone')}
        />
      </AskedMark>
      <Field
        label={t('field.code')}
        value={filled.code}
        onChange={(code) => set({ code })}
        maxLength={100}
        autoComplete="off"
        error={codeTaken ? t('form.codeTaken') : refused(refusal, 'code')}
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
          error={wrong ? t(`form.uscc.${wrong}`) : refused(refusal, 'uscc')}
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
