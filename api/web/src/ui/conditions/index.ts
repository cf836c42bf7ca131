/** All that arrives with the first condition: one file, so that the page names one. */
export { AddCondition } from './AddCondition';
export { Chips } from './Chips';
