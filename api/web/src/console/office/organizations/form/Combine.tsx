import { useState } from 'react';
import { useBase } from '../../../api/history';
import { useOrganization } from '../../../api/organizations';
import { type Content, contentOf } from '../../../state/contents';
import type { Kept } from '../../../state/outbox';
import { bodyOf, type Filled, filledFrom, type Known } from '../../../state/registration';
import { Fault, Rows } from '../../Notice';
import { useOutbox } from '../../outbox';
import { Conflict } from '../Conflict';

interface CombineProps {
  id: string;
  about: NonNullable<Kept['organization']>;
  filled: Filled;
  fill: (filled: Filled) => void;
  onClose: () => void;
}

/** Puts what a form says together with what somebody else wrote since it was begun, and sends it. */
export function Combine({ id, about, filled, fill, onClose }: CombineProps) {
  const outbox = useOutbox();
  const sides = useBase(about.id, about.version);
  const superior = useOrganization(sides.data?.theirs.parent ?? null);
  const [busy, setBusy] = useState(false);
  if (sides.isError) return <Fault error={sides.error} retry={() => void sides.refetch()} />;
  if (!sides.data) return <Rows count={2} />;
  const { base, theirs, author, recorded } = sides.data;
  const mine: Content = contentOf({ ...theirs, ...(bodyOf(filled) as Partial<Content>) });
  const knownAs = (parent: number | null): Known | null => {
    if (parent === null) return null;
    if (parent === filled.parent?.id) return filled.parent;
    return { id: parent, name: superior.data?.name ?? String(parent) };
  };
  const onMerge = async (content: Content) => {
    const both = filledFrom({ ...theirs, ...content }, knownAs(content.parent));
    setBusy(true);
    fill(both);
    outbox.keep(id, { id: about.id, version: theirs.version }, both);
    await outbox.submit(id);
    setBusy(false);
    onClose();
  };
  return (
    <Conflict
      {...{ base, mine, theirs, author, recorded, busy }}
      onMerge={(content) => void onMerge(content)}
      onCancel={onClose}
    />
  );
}
