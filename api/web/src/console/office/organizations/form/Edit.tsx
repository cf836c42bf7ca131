import { useState } from 'react';
import { useOrganization } from '../../../api/organizations';
import { useServices } from '../../../services';
import { filledFrom, type Known } from '../../../state/registration';
import { listQuery } from '../../../state/table';
import { Rows } from '../../Notice';
import { useKept } from '../../outbox';
import Plans from '../plans/Plans';
import type { TabProps } from '../tabs';
import { newKey } from './NewOrganization';
import { RegistrationForm } from './RegistrationForm';

/**
 * Alters an organization; what was begun before goes on. What is read anew meanwhile is not what the form began from: with
 * another version it would write over what somebody else has changed.
 */
export default function Edit(props: TabProps) {
  const [organization] = useState(props.organization);
  const { places } = useServices();
  const kept = useKept().find((one) => one.organization?.id === organization.id);
  const [fresh] = useState(newKey);
  const [begun] = useState(kept?.id ?? fresh);
  const superior = useOrganization(organization.parent);
  if (organization.parent !== null && superior.isPending) return <Rows count={6} />;
  const parent: Known | null =
    organization.parent === null
      ? null
      : { id: organization.parent, name: superior.data?.name ?? String(organization.parent) };
  return (
    <>
      <Plans organization={organization} saving />
      <RegistrationForm
        id={begun}
        organization={{ id: organization.id, version: organization.version }}
        initial={filledFrom(organization, parent)}
        onClose={() =>
          places.go({
            page: 'organizations',
            item: String(organization.id),
            query: listQuery(places.get().query),
          })
        }
      />
    </>
  );
}
