import { useEffect, useState } from 'react';
import { pathOf, useDivisionPath } from '../../../api/organizations';

/** The name of a division. It is asked for once its row has stayed in sight for a moment, not of all that is scrolled past. */
export function DivisionName({ code }: { code: string }) {
  const [stays, setStays] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStays(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return stays ? <Known code={code} /> : <span>{code}</span>;
}

function Known({ code }: { code: string }) {
  const { data } = useDivisionPath(code);
  return <span title={data ? pathOf(data) : code}>{data?.name ?? code}</span>;
}
