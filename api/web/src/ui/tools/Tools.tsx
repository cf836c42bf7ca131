import type { MapLibreMap } from 'maplibre-gl';
import { useEffect, useState } from 'react';
import type { MapController } from '../../map/controller';
import { Drawer } from '../../map/draw';
import { Overlay } from '../../map/overlay';
import { Sketch } from '../../map/sketch';
import { useLanguage, useServices } from '../../services';
import { useCell } from '../../state/cell';
import { closeAside, type ToolName } from '../../state/tools';
import { nothingAside } from '../../state/url';
import { type Drawing, formatDrawing } from '../../tools/drawing';
import { isTyping } from '../keys';
import { useOnMap } from '../useOnMap';
import { reveal } from './fitTo';
import { Hint } from './Hint';
import { Toolbar } from './Toolbar';
import { Undone } from './Undone';
import { useDrawing, useLiveCount } from './useCounted';
import { useOutlines } from './useOutlines';
import '../../style/tools.css';

/** The tools of the map: their bar, what is drawn with them, and how it is taken away again. */
export function Tools() {
  const { map, tools } = useServices();
  const controller = useCell(map);
  const open = useCell(tools.open);
  const tool = useCell(tools.tool);
  const drawer = useDrawer(controller, tool);
  useSketch(controller);
  useLiveCount();
  useOutlines(controller, useCell(tools.own));
  useDeleteKey();
  return (
    <>
      {open && <Toolbar />}
      {tool && drawer && <Hint tool={tool} drawer={drawer} />}
      <Undone />
    </>
  );
}

/** Milliseconds until the card of a drawing stands, and the map knows what it covers. */
const cardAfter = 300;

/** Draws with the chosen tool; what comes of it is the area of the link. */
function useDrawer(controller: MapController | null, tool: ToolName | null): Drawer | null {
  const { store, tools, map } = useServices();
  const [drawer, setDrawer] = useState<Drawer | null>(null);
  useEffect(() => {
    if (!controller || !tool) return;
    tools.live.set(null);
    const whole = (drawing: Drawing): Drawing =>
      tool === 'corridor' && drawing.what === 'line'
        ? { what: 'corridor', points: drawing.points, distance: tools.distance.get() }
        : drawing;
    const end = () => {
      tools.sketch.set(null);
      tools.tool.set(null);
    };
    const made = new Drawer(controller, tool, {
      sketch: (drawing) => tools.sketch.set(drawing && whole(drawing)),
      done: (drawing) => {
        const area = formatDrawing(whole(drawing));
        if (area !== null) store.set({ ...nothingAside, area });
        tools.own.set(null);
        tools.removed.set(null);
        end();
        setTimeout(() => store.get().area === area && reveal(map.get(), whole(drawing)), cardAfter);
      },
      cancelled: end,
    });
    setDrawer(made);
    controller.map.getCanvas().focus({ preventScroll: true });
    return () => {
      setDrawer(null);
      made.close();
    };
  }, [controller, tool, store, tools, map]);
  return drawer;
}

const newSketch = (map: MapLibreMap) => new Sketch(map);
const newOverlay = (map: MapLibreMap) => new Overlay(map);

/** Shows what is being drawn, or else what the link says is drawn. */
export function useSketch(controller: MapController | null): void {
  const { tools } = useServices();
  const language = useLanguage();
  const done = useOnMap(controller, newSketch);
  const drawn = useOnMap(controller, newOverlay);
  const tool = useCell(tools.tool);
  const sketch = useCell(tools.sketch);
  const drawing = useDrawing();
  const shown = tool ? null : drawing;
  useEffect(() => done?.show(shown, language), [done, shown, language]);
  useEffect(() => drawn?.show(tool ? sketch : null, language), [drawn, tool, sketch, language]);
}

/** Delete takes the area away. */
function useDeleteKey(): void {
  const { store, tools } = useServices();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Delete' || event.defaultPrevented || isTyping(event.target)) return;
      if (store.get().area === null || tools.tool.get() !== null) return;
      store.set(nothingAside, 'replace');
      closeAside(store, tools);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [store, tools]);
}
