import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { TileJSON } from '../../../api/client';
import { type Insets, MapController } from '../../../map/controller';
import { fetchServed } from '../../../map/served';
import { MemoryStore } from '../../../state/memoryStore';
import type { View } from '../../../state/url';
import { useLanguage, useServices } from '../../services';
import { MinusIcon, PlusIcon } from '../icons';
import { Fault } from '../Notice';
import { useWords } from './useWords';

interface PlaceMapProps {
  label: string;
  /** Where it looks at first; undefined for everything there is. */
  view?: View | undefined;
  /** What is to be done with the map once it is there; it is shown in it. */
  children?: (controller: MapController) => ReactNode;
}

const nothingCovers: Insets = { top: 0, right: 0, bottom: 0, left: 0 };

/**
 * The map of the viewer as a part of a page: the same land, boundaries and organizations, to look at and to point into. A
 * press chooses no organization on it.
 */
export default function PlaceMap({ label, view, children }: PlaceMapProps) {
  const { t } = useWords();
  const { client } = useServices();
  const queries = useQueryClient();
  const language = useLanguage();
  const container = useRef<HTMLDivElement>(null);
  const [controller, setController] = useState<MapController | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [about, setAbout] = useState<TileJSON | null>(null);
  const atStart = useRef({ language, view });
  useEffect(() => {
    let closed = false;
    let opened: MapController | null = null;
    const start = async () => {
      const { language, view } = atStart.current;
      const store = new MemoryStore({ view: view ?? null });
      const served = await fetchServed(client, queries, store.get());
      if (closed || !container.current) return;
      setAbout(served.about.divisions);
      opened = await MapController.open(container.current, served, store, language, nothingCovers);
      if (closed) return opened.close();
      opened.drawing++;
      // The hook of the viewer's map, for tests.
      window.jingweiMap = opened.map;
      setController(opened);
    };
    start().catch((error) => {
      if (!closed) setFailure(error);
    });
    return () => {
      closed = true;
      setController(null);
      opened?.close();
    };
  }, [client, queries]);
  useEffect(() => controller?.setLanguage(language), [controller, language]);
  useEffect(() => {
    controller?.map.getCanvas().setAttribute('aria-label', label);
  }, [controller, label]);
  return (
    <div className="place-map">
      <div ref={container} className="place-map-canvas" />
      {controller && children?.(controller)}
      {controller && <Buttons controller={controller} />}
      {about && <Review about={about} />}
      {!controller && failure === null && <p className="place-map-note">{t('map.loading')}</p>}
      {failure !== null && (
        <div className="place-map-note" role="alert">
          {isWebGL(failure) ? t('map.webgl') : <Fault error={failure} />}
        </div>
      )}
    </div>
  );
}

function isWebGL(failure: unknown): boolean {
  return failure instanceof Error && /webgl/i.test(failure.message);
}

function Buttons({ controller }: { controller: MapController }) {
  const { t } = useWords();
  return (
    <div className="zoom">
      <button type="button" aria-label={t('map.zoomIn')} onClick={() => controller.zoomBy(1)}>
        <PlusIcon />
      </button>
      <button type="button" aria-label={t('map.zoomOut')} onClick={() => controller.zoomBy(-1)}>
        <MinusIcon />
      </button>
    </div>
  );
}

/** Who made the boundaries that are shown, and under which review number. */
function Review({ about }: { about: TileJSON }) {
  const { t } = useWords();
  const set = about.boundary_set;
  if (!set) return null;
  const review = set.review_number && t('translation:status.review', { number: set.review_number });
  const said = [set.illustrative ? t('translation:status.illustrative') : set.name, review];
  return <p className="place-map-review">{said.filter(Boolean).join(' · ')}</p>;
}
