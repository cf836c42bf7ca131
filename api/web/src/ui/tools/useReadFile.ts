import { useState } from 'react';
import { useServices } from '../../services';
import { nothingAside } from '../../state/url';
import { formatDrawing, parseDrawing } from '../../tools/drawing';
import { type Fault, mostBytes, onlyLine, readAreas } from '../../tools/ownAreas';
import { fitTo } from './fitTo';

/** Reads a file of areas; what is wrong with it is said until another one is read. */
export function useReadFile() {
  const { map, store, tools } = useServices();
  const [fault, setFault] = useState<Fault | null>(null);
  const read = async (file: File) => {
    const distance = tools.distance.get();
    const found = file.size > mostBytes ? 'large' : readAreas(file.name, await file.text(), distance);
    if (typeof found === 'string') return setFault(found);
    setFault(null);
    tools.tool.set(null);
    const points = onlyLine(found);
    const area = points && formatDrawing({ what: 'corridor', points, distance });
    // One road is a drawing like any other: its card tells more than a row does.
    const drawing = area ? parseDrawing(area) : null;
    if (drawing) {
      tools.own.set(null);
      store.set({ ...nothingAside, area });
      fitTo(map.get(), drawing);
      return;
    }
    store.set(nothingAside, 'replace');
    tools.own.set(found);
  };
  return { read, fault, forget: () => setFault(null) };
}
