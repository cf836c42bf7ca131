import { type ErrorEvent, MapLibreMap, type StyleSpecification } from 'maplibre-gl';
import { builtInSeaLine, seaLine } from './layers';
import { addReportImages } from './reports';
import { draw } from './symbols';
import type { Box } from './tiles';

/** What a picture of the map is to show. */
export interface PictureRequest {
  /** Pixels of the map, and how many of the picture there are to one of them in each direction. */
  width: number;
  height: number;
  ratio: number;
  /** By how much to zoom in from where the map looks. */
  zoomStep: number;
  /** The middle of the picture, in degrees. */
  centre: { lng: number; lat: number };
  /** The kinds of the data set, in the order of their marks. */
  kinds: readonly string[];
}

/** Why there is no picture. */
export class PictureFault extends Error {
  constructor(readonly why: 'tiles' | 'slow' | 'webgl') {
    super(`the picture of the map was not drawn: ${why}`);
    this.name = 'PictureFault';
  }
}

/** Layers whose colours depend on where a map looks: they are put onto the picture anew. */
const ownData = ['choropleth', 'hexagons'];

/** How long the tiles of a picture may take, in milliseconds. */
const patience = 45_000;

/**
 * A second map out of sight that shows what the first one does, in as many pixels as paper needs. The first one is left
 * alone: it keeps no picture of itself.
 */
export class PictureMap {
  readonly map: MapLibreMap;
  readonly #frame = document.createElement('div');

  constructor(
    private readonly first: MapLibreMap,
    private readonly request: PictureRequest,
  ) {
    const { width, height, ratio, zoomStep, centre } = request;
    this.#frame.className = 'picture-frame';
    this.#frame.inert = true;
    Object.assign(this.#frame.style, { width: `${width}px`, height: `${height}px` });
    document.body.append(this.#frame);
    try {
      this.map = new MapLibreMap({
        container: this.#frame,
        style: styleOf(first),
        center: [centre.lng, centre.lat],
        zoom: first.getZoom() + zoomStep,
        bearing: first.getBearing(),
        pixelRatio: ratio,
        canvasContextAttributes: { preserveDrawingBuffer: true },
        interactive: false,
        attributionControl: false,
        maplibreLogo: false,
        renderWorldCopies: false,
        fadeDuration: 0,
        minZoom: 0,
        maxZoom: 22,
        localIdeographFontFamily: false,
      });
    } catch (error) {
      this.#frame.remove();
      throw error instanceof Error && /webgl/i.test(error.message) ? new PictureFault('webgl') : error;
    }
    this.map.setMissingStyleImageResolver(this.#resolveImage);
    this.map.once('style.load', () => {
      if (this.map.getSource('reports')) addReportImages(this.map, ratio);
    });
  }

  /** West, south, east, north of the picture in degrees. */
  get box(): Box {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Waits until everything is drawn; a PictureFault says what is missing, and an aborted signal its reason. */
  rest(signal: AbortSignal): Promise<void> {
    const { map } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(new PictureFault('slow')), patience);
      const end = (fault?: unknown) => {
        clearTimeout(timer);
        map.off('idle', onIdle);
        map.off('error', onError);
        map.off('webglcontextlost', onLost);
        signal.removeEventListener('abort', onAbort);
        if (fault === undefined) resolve();
        else reject(fault);
      };
      const onIdle = () => end();
      const onError = ({ error }: ErrorEvent) =>
        // A tile that a later change made needless is no fault.
        (error instanceof Error && error.name === 'AbortError') || end(new PictureFault('tiles'));
      const onLost = () => end(new PictureFault('webgl'));
      const onAbort = () => end(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      map.on('idle', onIdle);
      map.on('error', onError);
      map.on('webglcontextlost', onLost);
      map.triggerRepaint();
    });
  }

  /** A set of boundaries that has the line in the South China Sea replaces the built-in one: it is not drawn twice. */
  dropDoubleLine(): void {
    const { map } = this;
    if (!map.getLayer(builtInSeaLine) || !map.getSource('divisions')) return;
    const own = map.querySourceFeatures('divisions', { sourceLayer: 'boundary_lines', filter: seaLine });
    if (own.length > 0) map.setLayoutProperty(builtInSeaLine, 'visibility', 'none');
  }

  /** A copy of what is drawn. */
  copy(): HTMLCanvasElement {
    const drawn = this.map.getCanvas();
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [drawn.width, drawn.height];
    const pen = copy.getContext('2d');
    if (!pen) throw new Error('this browser cannot draw on a canvas');
    pen.drawImage(drawn, 0, 0);
    return copy;
  }

  close(): void {
    this.map.remove();
    this.#frame.remove();
  }

  #resolveImage = async (id: string): Promise<void> => {
    if (this.map.hasImage(id)) return;
    const { kinds, ratio } = this.request;
    const picture = draw(id, kinds, Math.ceil(ratio));
    if (picture) {
      this.map.addImage(id, picture.data, { pixelRatio: picture.pixelRatio });
      return;
    }
    const image = this.first.hasImage(id) ? this.first.getImage(id) : null;
    if (image) this.map.addImage(id, image.data, { pixelRatio: image.pixelRatio, sdf: image.sdf });
  };
}

/** The style of a map at present without what is put onto the picture anew. */
function styleOf(first: MapLibreMap): StyleSpecification {
  const style = first.getStyle();
  const layers = style.layers.filter(({ id }) => !ownData.includes(id));
  const sources = { ...style.sources };
  delete sources.hexagons;
  return { ...style, sources, layers };
}
