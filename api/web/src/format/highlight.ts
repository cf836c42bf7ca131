/** A text cut at a piece of it, from and to in characters; `hit` is empty without one. */
export function atPiece(text: string, piece: { from: number; to: number } | undefined) {
  if (!piece) return { before: text, hit: '', after: '' };
  const characters = [...text];
  const part = (from: number, to?: number) => characters.slice(from, to).join('');
  return { before: part(0, piece.from), hit: part(piece.from, piece.to), after: part(piece.to) };
}
