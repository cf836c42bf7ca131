import { distance } from '../../../format/scale';
import { useVerification } from '../../api/verification';
import { useLanguage } from '../../services';
import { Fault, Rows } from '../Notice';
import { Findings } from './Findings';
import { History } from './History';
import { NextStep } from './NextStep';
import { SendBack } from './SendBack';
import { StateMark } from './StateMark';
import { Steps } from './Steps';
import { useWords } from './useWords';
import './verification.css';

interface VerificationOfProps {
  id: number;
  name: string;
  /** The input that the next step needs takes the focus. */
  eager?: boolean;
}

/** The six steps of one location: how far it has come, what comes next, and what speaks against it. */
export function VerificationOf({ id, name, eager = false }: VerificationOfProps) {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const verification = useVerification(id);
  if (verification.isPending) return <Rows count={8} />;
  if (verification.isError)
    return <Fault error={verification.error} retry={() => void verification.refetch()} />;
  const known = verification.data;
  return (
    <div className="verification blocks">
      <p className="verification-state" role="status">
        <StateMark state={known.state} />
        <strong>{stateName(known.state)}</strong>
        <span>
          {known.accuracy_m > 0
            ? t('accuracy', { distance: distance(known.accuracy_m, language) })
            : t('accuracyUnknown')}
        </span>
      </p>
      <div className="verification-parts">
        <Steps verification={known} />
        <div className="verification-do blocks">
          <NextStep key={`${known.state} ${known.version}`} verification={known} name={name} eager={eager} />
          <Findings verification={known} />
          {known.back.length > 0 && <SendBack key={known.version} verification={known} name={name} />}
        </div>
      </div>
      <History steps={known.steps} />
    </div>
  );
}
