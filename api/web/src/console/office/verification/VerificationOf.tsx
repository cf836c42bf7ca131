import type { Verification } from '../../api/contract';
import { useVerification } from '../../api/verification';
import { Fault, Rows } from '../Notice';
import { Photos } from '../organizations/Photos';
import { Findings } from './Findings';
import { History } from './History';
import { Meanwhile } from './Meanwhile';
import { NextStep } from './NextStep';
import { Place } from './Place';
import { SendBack } from './SendBack';
import { StateMark } from './StateMark';
import { Steps } from './Steps';
import { useDraft } from './useDraft';
import { useWords } from './useWords';
import './verification.css';

interface VerificationOfProps {
  id: number;
  name: string;
  /** The input that the next step needs takes the focus. */
  eager?: boolean;
}

/** The six steps of one location: where it is, how far it has come, what comes next, and what speaks against it. */
export function VerificationOf({ id, name, eager = false }: VerificationOfProps) {
  const verification = useVerification(id);
  if (verification.isPending) return <Rows count={8} />;
  if (verification.isError && !verification.data)
    return <Fault error={verification.error} retry={() => void verification.refetch()} />;
  return <Parts key={id} verification={verification.data} name={name} eager={eager} />;
}

interface PartsProps {
  verification: Verification;
  name: string;
  eager: boolean;
}

function Parts({ verification, name, eager }: PartsProps) {
  const { stateName } = useWords();
  const draft = useDraft(verification.id, verification.version);
  const { id, state, back, steps } = verification;
  return (
    <div className="verification blocks">
      <p className="verification-state" role="status">
        <StateMark state={state} />
        <strong>{stateName(state)}</strong>
      </p>
      <Meanwhile verification={verification} draft={draft} />
      <div className="verification-parts">
        <div className="verification-do blocks">
          <Place verification={verification} draft={draft} />
          <NextStep key={draft.taken} verification={verification} name={name} draft={draft} eager={eager} />
          <Findings verification={verification} />
          {back.length > 0 && (
            <SendBack key={`back ${draft.taken}`} verification={verification} name={name} draft={draft} />
          )}
        </div>
        <div className="blocks">
          <Steps verification={verification} />
          <Photos id={id} />
          <History steps={steps} />
        </div>
      </div>
    </div>
  );
}
