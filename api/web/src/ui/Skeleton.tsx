/** Grey lines where rows will be. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => i).map((row) => (
        <span key={row} style={{ inlineSize: `${55 + ((row * 37) % 40)}%` }} />
      ))}
    </div>
  );
}
