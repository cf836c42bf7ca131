/** A text cut at the first place where a query stands, ignoring case; `hit` is empty when it does not. */
export function highlight(text: string, query: string): { before: string; hit: string; after: string } {
  const wanted = query.trim().toLowerCase();
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted);
  if (at < 0) return { before: text, hit: '', after: '' };
  const end = at + wanted.length;
  return { before: text.slice(0, at), hit: text.slice(at, end), after: text.slice(end) };
}
