import type { TabProps } from '../organizations/tabs';
import { VerificationOf } from './VerificationOf';

/** The tab of an organization about where it is, and how that was verified. */
export default function VerificationTab({ organization }: TabProps) {
  return <VerificationOf id={organization.id} name={organization.name} />;
}
