import { Button } from 'antd';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { listed } from '../../../format/list';
import type { LocationItem } from '../../api/contract';
import { useLanguage } from '../../services';
import { nextSteps } from '../../state/verification';
import { Field } from '../../ui/Field';
import type { BulkWork } from './useBulk';
import { useWords } from './useWords';

interface BulkProps {
  picked: readonly LocationItem[];
  bulk: BulkWork;
  /** Counts how often the evidence was asked for: the input takes the focus. */
  asking: number;
  onClear: () => void;
  /** Tells which of them did not advance. */
  onDone: (left: number[]) => void;
}

/** Advances the chosen locations with one evidence. */
export function Bulk({ picked, bulk, asking, onClear, onDone }: BulkProps) {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const { progress } = bulk;
  const [evidence, setEvidence] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (asking > 0) form.current?.querySelector('input')?.focus();
  }, [asking]);
  const steps = nextSteps(picked);
  const only = steps[0]?.[1] === picked.length ? steps[0][0] : undefined;
  const ready = evidence.trim() !== '' && progress === null;
  const send = only ? t('bulk.sendTo', { state: stateName(only) }) : t('bulk.send');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (ready) onDone(await bulk.advance(picked, evidence));
  };
  return (
    <form
      className="bulk"
      ref={form}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === 'Escape' && onClear()}
      noValidate
    >
      {only === undefined && steps.length > 0 && (
        <p className="quiet bulk-steps">
          {listed(
            steps.map(([state, count]) => t('bulk.to', { state: stateName(state), count })),
            language,
          )}
        </p>
      )}
      <Field
        label={`${t('bulk.title', { count: picked.length })} · ${t('bulk.evidence')}`}
        value={evidence}
        onChange={setEvidence}
        maxLength={1000}
      />
      <div className="buttons">
        <Button type="primary" htmlType="submit" disabled={!ready} loading={progress !== null}>
          {progress === null ? send : t('bulk.busy', progress)}
        </Button>
        <Button onClick={onClear}>{t('list.unselect')}</Button>
      </div>
    </form>
  );
}
