import { useState } from 'react';
import { useServices } from '../../services';
import { nothingAside } from '../../state/url';
import { type Fault, mostBytes, readAreas } from '../../tools/ownAreas';

/** Reads a file of areas; what is wrong with it is said until another one is read. */
export function useReadFile() {
  const { store, tools } = useServices();
  const [fault, setFault] = useState<Fault | null>(null);
  const read = async (file: File) => {
    const found = file.size > mostBytes ? 'large' : readAreas(file.name, await file.text());
    if (typeof found === 'string') return setFault(found);
    setFault(null);
    store.set(nothingAside, 'replace');
    tools.tool.set(null);
    tools.own.set(found);
  };
  return { read, fault, forget: () => setFault(null) };
}
