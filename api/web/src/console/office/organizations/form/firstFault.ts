/** Shows the first thing that is wrong with a form, and puts the focus where it can be mended. */
export function showFirstFault(form: HTMLElement): void {
  const fault = form.querySelector<HTMLElement>('.field-error, .refusal');
  if (!fault) return;
  const fold = fault.closest('details');
  if (fold) fold.open = true;
  const field = fault.closest<HTMLElement>('.field') ?? fault;
  const control = field.querySelector<HTMLElement>('input, select, textarea, button') ?? field;
  if (control === fault) control.tabIndex = -1;
  control.focus({ preventScroll: true });
  field.scrollIntoView({ block: 'center' });
}
