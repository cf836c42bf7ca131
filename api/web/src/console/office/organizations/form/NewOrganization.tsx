import { useEffect, useMemo } from 'react';
import type { Session } from '../../../api/contract';
import { useOrganization } from '../../../api/organizations';
import { useServices } from '../../../services';
import { emptyForm, type Known } from '../../../state/registration';
import { idIn, useRoute } from '../../../state/route';
import { useOutbox } from '../../outbox';
import { useKnown } from '../../session';
import { useWords } from '../useWords';
import { RegistrationForm } from './RegistrationForm';

/** The form of a new organization. Its number stands in the address, so that it is found again. */
export default function NewOrganization() {
  const { t } = useWords();
  const { places } = useServices();
  const { query } = useRoute();
  const id = query.draft;
  useEffect(() => {
    if (id === undefined) {
      places.go({ page: 'organizations', item: 'new', query: { ...query, draft: newKey() } }, 'replace');
    }
  }, [id, places, query]);
  if (id === undefined) return null;
  return (
    <section className="registry-panel" key={id}>
      <header className="registry-head">
        <h2>{t('form.title')}</h2>
      </header>
      <Begun id={id} />
    </section>
  );
}

function Begun({ id }: { id: string }) {
  const { places } = useServices();
  const { query } = useRoute();
  const outbox = useOutbox();
  const session = useKnown();
  const likely = useMemo(() => likelySuperior(session), [session]);
  const named = idIn(query.parent);
  const parent = useOrganization(named ?? (likely ? likely.id : null));
  // With a superior that is to be filled in, the form begins when its name is known.
  if (!outbox.find(id) && (named !== null || likely) && parent.isPending) return null;
  const superior: Known | undefined = parent.data
    ? { id: parent.data.id, name: parent.data.name }
    : undefined;
  return (
    <RegistrationForm
      id={id}
      organization={null}
      initial={{ ...emptyForm, parent: superior }}
      onClose={() => places.go({ page: 'organizations' })}
    />
  );
}

/** The only organization that one registers below, if it is one. */
function likelySuperior({ actions }: Session): { id: number } | null {
  const reach = actions['organization.write'];
  const [root] = reach && !reach.all && reach.roots.length === 1 ? reach.roots : [];
  return root === undefined ? null : { id: root };
}

/** A key that nobody else has. Browsers give randomUUID to secure pages only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
