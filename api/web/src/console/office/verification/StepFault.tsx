import { staleIn } from '../../api/history';
import { Sentence } from '../../ui/Sentence';

/** Why a step was not taken. Of a location that others have changed their steps tell, above. */
export function StepFault({ error }: { error: unknown }) {
  if (error === null || staleIn(error)) return null;
  return (
    <p className="notice alarm" role="alert">
      <Sentence error={error} />
    </p>
  );
}
