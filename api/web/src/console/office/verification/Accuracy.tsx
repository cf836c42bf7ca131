import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { distance } from '../../../format/scale';
import type { OrganizationDetail } from '../../api/contract';
import { aboutOf } from '../../api/history';
import { useVerificationActions } from '../../api/verification';
import { useLanguage, useServices } from '../../services';
import { may } from '../../state/may';
import { metresIn } from '../../state/verification';
import { Field } from '../../ui/Field';
import { Sentence } from '../../ui/Sentence';
import { useKnown } from '../session';
import { useWords } from './useWords';

/** Nobody measured these places: a better accuracy does not make them the organization's own. */
const placedByNobody = ['division', 'generated'];

interface AccuracyProps {
  organization: OrganizationDetail;
  /** It was stated, and made the organization the version. */
  onStated: (version: number) => void;
}

/** To how many metres the location is known. Whoever may write it states or corrects it here. */
export function Accuracy({ organization, onStated }: AccuracyProps) {
  const { t } = useWords();
  const language = useLanguage();
  const session = useKnown();
  const [open, setOpen] = useState(false);
  const metres = organization.location_accuracy_m;
  const writes = may(session, 'organization.write') && !placedByNobody.includes(organization.location_source);
  return (
    <>
      <span>
        {metres > 0 ? t('place.within', { distance: distance(metres, language) }) : t('place.unknown')}
      </span>
      {writes && !open && (
        <button type="button" className="link accuracy-state" onClick={() => setOpen(true)}>
          {t(metres > 0 ? 'place.correct' : 'place.state')}
        </button>
      )}
      {writes && open && (
        <StateAccuracy organization={organization} onStated={onStated} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

function StateAccuracy({ organization, onStated, onClose }: AccuracyProps & { onClose: () => void }) {
  const { t } = useWords();
  const { undoing } = useServices();
  const { stateAccuracy, undoWrite } = useVerificationActions();
  const { id, name, location_accuracy_m: known, location_state: state } = organization;
  const [text, setText] = useState(known > 0 ? String(known) : '');
  const metres = metresIn(text);
  const save = useMutation({
    mutationFn: (to: number) => stateAccuracy(id, to, onStated),
    onSuccess: (version) => {
      undoing.offer(t('place.stated', { name }), () => undoWrite(id, version, onStated), aboutOf(id));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (metres !== null && text.trim() !== '' && !save.isPending) save.mutate(metres);
  };
  return (
    <form className="form accuracy-form" onSubmit={submit} noValidate>
      <Field
        label={t('place.metres')}
        value={text}
        onChange={setText}
        inputMode="decimal"
        maxLength={12}
        autoFocus
        hint={[
          <div key="how">{t('place.metresHint')}</div>,
          state !== 'reported' && <div key="anew">{t('place.metresAnew')}</div>,
        ]}
        error={metres === null && t('place.metresBad')}
      />
      {save.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={save.error} />
        </p>
      )}
      <div className="buttons">
        <Button
          type="primary"
          htmlType="submit"
          disabled={metres === null || text.trim() === ''}
          loading={save.isPending}
        >
          {t('place.save')}
        </Button>
        <Button onClick={onClose}>{t('console:cancel')}</Button>
      </div>
    </form>
  );
}
