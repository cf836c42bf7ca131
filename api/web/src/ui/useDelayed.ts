import { useEffect, useState } from 'react';

/** The value once it has rested for so many milliseconds. */
export function useDelayed<T>(value: T, wait: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return rested;
}
