/** How far something is, from 0 to 1; null when nobody knows. */
export function Bar({ label, part }: { label: string; part: number | null }) {
  const done = part === null ? undefined : Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <div className="import-bar">
      <span role="status">{label}</span>
      <progress aria-label={label} max={100} value={done} />
    </div>
  );
}
