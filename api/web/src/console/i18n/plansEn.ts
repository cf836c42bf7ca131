import type { plansZh } from './plansZh';

/** Texts of what is planned for organizations, and of who may change them, in English. */
export const plansEn: typeof plansZh = {
  title: 'Planned changes',
  from: 'From {{day}}',
  parent: 'belongs to',
  top: 'has no superior any more',
  name: 'is named',
  by: 'planned by {{author}} on {{when}}',
  hidden: 'an account of another organization',
  cancel: 'Cancel the plan',
  cancelOf: 'Cancel what is planned from {{day}} on',
  cancelled: 'What was planned for “{{name}}” from {{day}} on is cancelled',
  stays:
    'What is planned stays when you save; everything else that you change holds on from that day as well.',
  readOnly:
    'You can only look at this organization. Registrars and administrators of it, or of one above it, change it.',
  own: 'You can change “{{names}}” and what is below.',
};
