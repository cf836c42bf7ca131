import type { LocationMove, Verification } from '../../api/contract';
import { useWrite } from '../../api/useWrite';
import { useVerificationActions } from '../../api/verification';
import { useServices } from '../../services';
import type { Draft } from './useDraft';
import { useWords } from './useWords';

/** Takes a step with what is in the draft, and offers to take it back for a while. */
export function useStep(verification: Verification, name: string, draft: Draft) {
  const { t, stateName } = useWords();
  const { undoing } = useServices();
  const { move, undo } = useVerificationActions();
  const { id, version, state } = verification;
  return useWrite({
    mutationFn: (body: LocationMove) => move(id, version, body, draft.done),
    onError: draft.refused,
    onSuccess: (organization, { to }) => {
      const now = organization.location_state;
      const text = t(to ? 'did.step' : 'did.back', { name, state: stateName(now) });
      const about = `location ${id}`;
      if (to) undoing.offer(text, () => undo(id, state, t('back.undone')), about);
      // A step back has no undo: the way on is by steps again.
      else undoing.overtake(about);
    },
  });
}
