import {
  type ErrorEvent,
  type GeoJSONSource,
  MapLibreMap,
  type MapSourceDataEvent,
  setWorkerUrl,
  type VectorTileSource,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { BaseMap, DivisionShape, Organization, TileJSON } from '../api/client';
import { type Degrees, wrap } from '../format/coordinate';
import type { Language } from '../format/number';
import { Cell } from '../state/cell';
import { type Conditions, conditionsOf } from '../state/conditions';
import { childLayer } from '../state/division';
import type { PageStore } from '../state/store';
import { nothingAside, type State, type View } from '../state/url';
import { baseStyle } from './basemap';
import { Hover } from './hover';
import {
  builtInSeaLine,
  childLayers,
  clusterIds,
  clusterImage,
  clusterText,
  divisionName,
  heatId,
  layerIds,
  outside,
  seaLine,
} from './layers';
import { pick, type Target } from './pick';
import { onLongPress } from './press';
import {
  type Descriptions,
  dayQuery,
  layerName,
  tileQuery,
  tileTemplates,
  vectorSource,
  viewerStyle,
} from './style';
import { draw } from './symbols';
import { affected, type Box, type Tile } from './tiles';
import { veilOf } from './veil';

/** Pixels of the map that panels cover, per side. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** What the map shows now. */
export interface Sight {
  /** The part that no panel covers, in degrees. */
  box: Box;
  zoom: number;
  lat: number;
}

/** Organizations or reports that stand on one and the same spot. */
export interface Stack {
  of: 'organizations' | 'reports';
  lng: number;
  lat: number;
  zoom: number;
  count: number;
}

/** What the server said before the map could start. */
export interface Served {
  style: Parameters<typeof viewerStyle>[0];
  about: Descriptions;
  base: BaseMap | null;
  kinds: readonly string[];
  /** What holds all organizations, as far as is known. */
  home: Box | null;
}

/** The camera's time for a drill-down; MapLibre shortens it to nothing for people who prefer reduced motion. */
const drillTime = 400;

const divisionIds = [
  ...[layerIds.divisionFill, layerIds.divisionLine, layerIds.divisionLabels],
  ...[layerIds.lines, layerIds.seaLines, layerIds.undefinedLines],
];

const childIds = [layerIds.childFill, layerIds.childLine, layerIds.childLabels] as const;

/** Where the map looks while there is nothing to look at. */
const wholeCountry: View = { zoom: 3.5, lat: 35.5, lng: 104 };

const narrowReach = 6;
const fingerReach = 18;

/** The map and what one can do to it. It knows nothing of the panels but how much they cover. */
export class MapController {
  readonly sight = new Cell<Sight | null>(null);
  readonly pointer = new Cell<Degrees | null>(null);
  readonly stack = new Cell<Stack | null>(null);
  readonly busy = new Cell(true);
  /** How many tools draw on the map now: while one does, presses choose nothing. */
  drawing = 0;
  /** The map of another day that lies above a part of this one and follows it; null without. */
  above: { controller: MapController; covers: (x: number) => boolean } | null = null;
  /** The division that the camera was last fitted to, or is not to be fitted to; undefined before the first. */
  settled: string | null | undefined;
  #insets: Insets = { top: 0, right: 0, bottom: 0, left: 0 };
  #kinds: readonly string[];
  #filter: Conditions;
  #childrenOf: string | null = null;
  #aboutChildren: TileJSON | null = null;
  readonly #stale = new Set<string>();
  #language: Language = 'zh';
  readonly #hover: Hover;
  /** Whether the camera has its first place; until then a selected organization may give it one. */
  openedWithView: boolean;

  private constructor(
    readonly map: MapLibreMap,
    private readonly served: Served,
    private readonly store: PageStore,
    private readonly origin: string,
  ) {
    this.#kinds = served.kinds;
    this.#filter = conditionsOf(store.get());
    const { view, division } = store.get();
    this.openedWithView = view !== null || division !== null;
    this.settled = view !== null || division === null ? division : undefined;
    this.#hover = new Hover(map);
    this.#listen();
  }

  /** Makes the map in a container and waits until its style can be altered. */
  static async open(
    container: HTMLElement,
    served: Served,
    store: PageStore,
    language: Language,
    insets: Insets,
  ): Promise<MapController> {
    setWorkerUrl(workerUrl);
    const { origin } = window.location;
    const state = store.get();
    const base = served.base ? await baseStyle(served.base, origin) : null;
    const map = new MapLibreMap({
      container,
      style: viewerStyle(
        served.style,
        base,
        served.about,
        conditionsOf(store.get()),
        served.kinds,
        language,
        origin,
      ),
      ...camera(state.view, served, insets),
      attributionControl: false,
      maplibreLogo: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      minZoom: 2,
      maxZoom: 20,
      renderWorldCopies: false,
      fadeDuration: reducedMotion() ? 0 : 150,
      localIdeographFontFamily: false,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    const controller = new MapController(map, served, store, origin);
    controller.#insets = insets;
    controller.#language = language;
    map.setMissingStyleImageResolver(controller.#resolveImage);
    await new Promise<void>((resolve) => map.once('style.load', () => resolve()));
    controller.setOff(state.off);
    controller.#look();
    return controller;
  }

  close(): void {
    this.map.remove();
  }

  /** Tells how much of the map panels cover, so that cameras aim at the rest and lists hold what is seen. */
  setInsets(insets: Insets): void {
    const before = this.#insets;
    if (
      before.top === insets.top &&
      before.right === insets.right &&
      before.bottom === insets.bottom &&
      before.left === insets.left
    )
      return;
    this.#insets = insets;
    this.#look();
  }

  get insets(): Insets {
    return this.#insets;
  }

  get language(): Language {
    return this.#language;
  }

  /** The conditions on organizations at present. */
  get filter(): Conditions {
    return this.#filter;
  }

  setLanguage(language: Language): void {
    this.#language = language;
    for (const id of clusterIds) this.map.setLayoutProperty(id, 'text-field', clusterText(language));
    for (const id of [layerIds.divisionLabels, layerIds.childLabels]) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'text-field', divisionName(language));
    }
  }

  /** The kinds of the data set, in the order of their marks. */
  setKinds(kinds: readonly string[]): void {
    if (kinds.join() === this.#kinds.join()) return;
    this.#kinds = kinds;
    for (const id of clusterIds) this.map.setLayoutProperty(id, 'icon-image', clusterImage(kinds));
  }

  /** Shows organizations that meet these conditions only. */
  setFilter(filter: Conditions): void {
    const before = this.#filter;
    if (tileQuery(filter) === tileQuery(before)) return;
    this.#filter = filter;
    const { organizations, divisions } = this.served.about;
    this.#retile('organizations', organizations, tileQuery(filter));
    if (filter.day === before.day) return;
    this.#retile('divisions', divisions, dayQuery(filter.day));
    if (this.#aboutChildren) this.#retile('children', this.#aboutChildren, dayQuery(filter.day));
  }

  #retile(source: string, about: TileJSON, query: string): void {
    this.map.getSource<VectorTileSource>(source)?.setTiles(tileTemplates(about, query, this.origin));
  }

  setOff(off: readonly string[]): void {
    const show = (id: string, on: boolean) => {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none');
    };
    const organizations = !off.includes('organizations');
    for (const id of [...clusterIds, layerIds.dots, layerIds.labels]) show(id, organizations);
    const divisions = !off.includes('divisions');
    for (const id of [...divisionIds, ...childIds]) {
      show(id, divisions);
    }
  }

  /** Puts another base map below everything. */
  async setBase(item: BaseMap | null): Promise<void> {
    const base = item ? await baseStyle(item, this.origin) : null;
    for (const { id } of this.map.getStyle().layers) {
      if (id.startsWith('basemap')) this.map.removeLayer(id);
    }
    if (this.map.getSource('basemap')) this.map.removeSource('basemap');
    for (const [id, source] of Object.entries(base?.sources ?? {})) this.map.addSource(id, source);
    for (const layer of base?.layers ?? []) this.map.addLayer(layer, layerIds.divisionFill);
  }

  /** Veils everything but the shape; null lifts the veil. */
  setShape(shape: DivisionShape | null): void {
    const geometry = shape ? (shape.geometry as GeoJSON.MultiPolygon) : null;
    const none: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
    this.#data('veil', geometry ? veilOf(geometry) : none);
    this.#data('chosen', geometry ? { type: 'Feature', properties: {}, geometry } : none);
  }

  /** Shows the divisions below the chosen one, which a click then chooses. */
  async setChildren(code: string | null, level: number | null): Promise<void> {
    this.#childrenOf = code;
    const layer = code === null ? null : childLayer(level, code);
    const about = layer ? await this.#describe(layer) : null;
    if (this.#childrenOf !== code) return;
    this.#hover.clear();
    for (const id of childIds) {
      if (this.map.getLayer(id)) this.map.removeLayer(id);
    }
    this.map.setFilter(layerIds.divisionLabels, about && code ? outside(code) : null);
    if (this.map.getSource('children')) this.map.removeSource('children');
    this.#aboutChildren = null;
    if (!about || code === null || !layer) return;
    this.#aboutChildren = about;
    this.map.addSource('children', vectorSource(about, dayQuery(this.#filter.day), this.origin));
    // Names that reach over the border must not be cut by the veil.
    for (const child of childLayers(layerName(about, 'divisions'), code, this.#language))
      this.map.addLayer(child, child.type === 'symbol' ? layerIds.labels : layerIds.divisionLabels);
    this.setOff(this.store.get().off);
  }

  async #describe(layer: string): Promise<TileJSON | null> {
    const answer = await fetch(`${this.origin}/tiles/${layer}`);
    return answer.ok ? ((await answer.json()) as TileJSON) : null;
  }

  /** Marks the selected organization, also where a cluster would hide it. */
  setSelected(organization: Organization | null): void {
    if (!organization) {
      this.#data('selection', { type: 'FeatureCollection', features: [] });
      return;
    }
    const look = organization.location_state === 'reported' ? 'chosen-hollow' : 'chosen';
    this.#data('selection', {
      type: 'Feature',
      properties: { name: organization.name, image: `dot:${organization.kind}:${look}` },
      geometry: { type: 'Point', coordinates: organization.location },
    });
  }

  /** Fits a box, west, south, east, north, into the part of the map that no panel covers, no nearer than asked. */
  fit([west, south, east, north]: readonly number[], maxZoom = 16): void {
    if (west === undefined || south === undefined || east === undefined || north === undefined) return;
    this.map.fitBounds([west, south, east, north], {
      padding: this.#padding(24),
      duration: drillTime,
      maxZoom,
    });
  }

  /** Moves to a position so that it stands in the middle of what is seen. */
  flyTo(lng: number, lat: number, zoom?: number): void {
    const { top, right, bottom, left } = this.#insets;
    this.map.easeTo({
      center: [lng, lat],
      zoom: zoom ?? this.map.getZoom(),
      offset: [(left - right) / 2, (top - bottom) / 2],
      duration: drillTime,
    });
  }

  /** Leaves the camera where it is although the chosen division becomes this one. */
  stay(division: string | null): void {
    this.settled = division;
  }

  jump(view: View): void {
    this.map.jumpTo({ center: [view.lng, view.lat], zoom: view.zoom });
  }

  /** Fits everything there is. */
  home(): void {
    if (this.served.home) this.fit(this.served.home);
    else this.jump(wholeCountry);
  }

  zoomBy(steps: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + steps, duration: 200 });
  }

  /** Loads tiles of a layer of points anew, however it is drawn: those that the changed ones touch, or all of them. */
  refresh(layer: string, changed: readonly Tile[] | null): void {
    this.above?.controller.refresh(layer, changed);
    for (const source of [layer, heatId(layer)])
      if (this.map.getSource(source)) this.#refresh(source, changed);
  }

  #refresh(source: string, changed: readonly Tile[] | null): void {
    if (changed === null) {
      this.map.refreshTiles(source);
      return;
    }
    const { minzoom = 0, maxzoom = 16 } = this.served.about.organizations;
    const loaded = this.map.coveringTiles({ tileSize: 512, minzoom, maxzoom }).map((id) => id.canonical);
    const tiles = affected(loaded, changed);
    if (tiles.length > 0) this.map.refreshTiles(source, tiles);
    // Tiles out of sight are kept by MapLibre and would come back as they were.
    this.#stale.add(source);
  }

  #listen(): void {
    const { map } = this;
    map.on('moveend', () => {
      const { lng, lat } = map.getCenter();
      this.store.set({ view: { zoom: map.getZoom(), lat, lng } }, 'replace');
      this.#look();
    });
    map.on('movestart', () => {
      for (const layer of this.#stale) if (map.getSource(layer)) map.refreshTiles(layer);
      this.#stale.clear();
    });
    let last = 0;
    map.on('move', () => {
      const now = performance.now();
      if (now - last > 250) this.#look();
      if (now - last > 250) last = now;
    });
    map.on('resize', () => this.#look());
    map.on('dataloading', () => this.busy.set(true));
    map.on('idle', () => this.busy.set(false));
    map.on('sourcedata', this.#noteLines);
    map.on('error', this.#noteError);
    map.on('mousemove', (event) => {
      this.pointer.set(event.lngLat);
      if (this.drawing !== 0) return;
      if (this.#seenAt(event.point) === this) this.#hover.move(event.point, this.store.get().division);
      else this.#hover.clear();
    });
    map.on('mouseout', () => {
      this.pointer.set(null);
      if (this.drawing === 0) this.#hover.clear();
    });
    map.on('contextmenu', (event) => {
      event.preventDefault();
      if (this.drawing === 0) this.ask(event.lngLat);
    });
    onLongPress(map, (at) => this.drawing === 0 && this.ask(at));
    map.on('click', (event) =>
      this.#click(
        event.point,
        'pointerType' in event.originalEvent && event.originalEvent.pointerType === 'touch',
      ),
    );
  }

  /** Asks what is at a place: by the right button, by a finger that rests, or for the middle of what is seen. */
  ask(at: { lng: number; lat: number } | null): void {
    const { lng, lat } = at ?? this.middle();
    this.store.set({ ...nothingAside, at: [wrap(round(lng)), round(lat)] });
  }

  /** The middle of what no panel covers. */
  middle(): { lng: number; lat: number } {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const { top, right, bottom, left } = this.#insets;
    return this.map.unproject([(left + width - right) / 2, (top + height - bottom) / 2]);
  }

  /** Marks the place that is asked about. */
  setPlace(at: readonly [number, number] | null): void {
    this.#data(
      'place',
      at
        ? { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...at] } }
        : { type: 'FeatureCollection', features: [] },
    );
  }

  #click(at: { x: number; y: number }, finger: boolean): void {
    if (this.drawing > 0) return;
    const { division } = this.store.get();
    const seen = this.#seenAt(at);
    const target = pick(seen.map, at, finger ? fingerReach : narrowReach, division);
    const isCluster = target.what === 'cluster' || target.what === 'reports';
    if (!isCluster) {
      this.stack.set(null);
      this.store.set({ ...nothingAside, ...chosenBy(target) });
    } else if (target.expansion === null) {
      // The list is of the page's own day.
      if (seen !== this) return;
      this.stack.set({ ...target, of: target.what === 'reports' ? 'reports' : 'organizations' });
    } else {
      this.flyTo(target.lng, target.lat, Math.max(target.expansion, this.map.getZoom() + 0.5));
    }
  }

  /** The map that shows at a place of the screen: another one may lie above this. */
  #seenAt({ x }: { x: number }): MapController {
    return this.above?.covers(x) ? this.above.controller : this;
  }

  /** Says what is seen now. */
  #look(): void {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer();
    const { top, right, bottom, left } = this.#insets;
    if (width - left - right < 1 || height - top - bottom < 1) return;
    const northWest = this.map.unproject([left, top]);
    const southEast = this.map.unproject([width - right, height - bottom]);
    const box: Box = [northWest.lng, southEast.lat, southEast.lng, northWest.lat];
    this.sight.set({ box, zoom: this.map.getZoom(), lat: this.map.getCenter().lat });
  }

  /** A set of boundaries that has the line in the South China Sea replaces the built-in one: it is not drawn twice. */
  #noteLines = ({ sourceId, tile }: MapSourceDataEvent): void => {
    if (sourceId !== 'divisions' || !tile) return;
    const sourceLayer = 'boundary_lines';
    if (this.map.querySourceFeatures(sourceId, { sourceLayer, filter: seaLine }).length === 0) return;
    this.map.off('sourcedata', this.#noteLines);
    if (this.map.getLayer(builtInSeaLine)) this.map.setLayoutProperty(builtInSeaLine, 'visibility', 'none');
  };

  /**
   * A tile that failed, as all do under a condition that the server refuses, would wait for its first answer for ever when
   * it is asked for anew: without a worker of its own it begins afresh.
   */
  #noteError = ({ error, tile }: ErrorEvent & { tile?: { actor?: unknown } }): void => {
    if (tile) delete tile.actor;
    else console.error(error);
  };

  #resolveImage = async (id: string): Promise<void> => {
    const picture = draw(id, this.#kinds, Math.min(3, Math.max(1, Math.ceil(window.devicePixelRatio))));
    if (picture && !this.map.hasImage(id))
      this.map.addImage(id, picture.data, { pixelRatio: picture.pixelRatio });
  };

  #data(source: string, data: GeoJSON.GeoJSON): void {
    this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  #padding(margin: number): Insets {
    const { top, right, bottom, left } = this.#insets;
    return { top: top + margin, right: right + margin, bottom: bottom + margin, left: left + margin };
  }
}

/** What a click chooses, for the page's address. */
function chosenBy(target: Target): Partial<State> {
  if (target.what === 'organization') return { selected: target.id };
  if (target.what === 'report' || target.what === 'grid') return { picked: target };
  return target.what === 'division' ? { division: target.code } : {};
}

/** About a metre, as in links. */
function round(degrees: number): number {
  return Number(degrees.toFixed(5));
}

function camera(view: View | null, served: Served, { top, right, bottom, left }: Insets) {
  if (view) return { center: [view.lng, view.lat] as [number, number], zoom: view.zoom };
  if (served.home) {
    const padding = { top: top + 24, right: right + 24, bottom: bottom + 24, left: left + 24 };
    return { bounds: [...served.home] as [number, number, number, number], fitBoundsOptions: { padding } };
  }
  return { center: [wholeCountry.lng, wholeCountry.lat] as [number, number], zoom: wholeCountry.zoom };
}

function reducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
