import { useEffect, useEffectEvent, useState } from 'react';
import { useTools } from './useTools';

/** Takes a file that is dropped anywhere on the page, and says so while one hovers over it. */
export function FileDrop({ read }: { read: (file: File) => void }) {
  const { t } = useTools();
  const [over, setOver] = useState(false);
  const take = useEffectEvent(read);
  useEffect(() => {
    const stopped = new AbortController();
    const on = (name: 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void) =>
      window.addEventListener(name, handle, { signal: stopped.signal });
    on('dragover', (event) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) take(file);
    });
    return () => stopped.abort();
  }, []);
  return over ? <p className="tools-drop">{t('own.drop')}</p> : null;
}
