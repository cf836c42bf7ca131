import { type ReactNode, useState } from 'react';
import { isFuture } from '../../../format/day';
import type { OrganizationDetail } from '../../api/contract';
import { aboutOf, inputOf, type Stale, staleIn, useHistoryActions } from '../../api/history';
import { useWrite } from '../../api/useWrite';
import { useServices } from '../../services';
import { type Content, contentOf } from '../../state/contents';
import { Conflict } from './Conflict';

interface Wanted {
  content: Content;
  /** From which day on; today when it is missing. */
  from?: string | undefined;
  version: number;
  /** What the content was made from. */
  base: Content;
}

/**
 * Writes other content of an organization. When somebody else has written meanwhile, both are put together in a dialog, as
 * often as it takes; it is to be shown where the hook is used. What was written can be undone.
 */
export function useReplacing(
  organization: OrganizationDetail,
  said: (written: OrganizationDetail) => string,
  onDone: () => void,
) {
  const { undoing } = useServices();
  const { plan, replace, undo } = useHistoryActions();
  const [conflict, setConflict] = useState<{ wanted: Wanted; stale: Stale } | null>(null);
  const send = useWrite({
    mutationFn: ({ content, base, from, version }: Wanted) =>
      from !== undefined && isFuture(from)
        ? plan(organization.id, version, content, base, from)
        : replace(organization.id, version, inputOf(content, base, from)),
    onSuccess: (written) => {
      setConflict(null);
      undoing.offer(said(written), () => undo(written.id, written.version), aboutOf(written.id));
      onDone();
    },
    onError: (error, wanted) => {
      const stale = staleIn(error);
      setConflict(stale && { wanted, stale });
    },
  });
  const write = (content: Content, from?: string) =>
    send.mutate({ content, from, version: organization.version, base: contentOf(organization) });
  const dialog: ReactNode = conflict && (
    <Conflict
      key={conflict.stale.current.version}
      base={conflict.wanted.base}
      mine={conflict.wanted.content}
      theirs={conflict.stale.current}
      author={conflict.stale.author}
      recorded={conflict.stale.recorded}
      busy={send.isPending}
      onCancel={() => {
        setConflict(null);
        send.reset();
      }}
      onMerge={(content) => {
        const { current } = conflict.stale;
        send.mutate({ ...conflict.wanted, content, version: current.version, base: contentOf(current) });
      }}
    />
  );
  return { write, dialog, busy: send.isPending, error: conflict ? null : send.error };
}
