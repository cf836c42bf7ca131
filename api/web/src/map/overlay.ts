import type { MapLibreMap } from 'maplibre-gl';
import type { Language } from '../format/number';
import { distance } from '../format/scale';
import type { Drawing, Position } from '../tools/drawing';
import { geodesicLine, metresBetween, ringOf } from '../tools/geodesy';

const svg = 'http://www.w3.org/2000/svg';

/**
 * Shows what is being drawn above the map, not in it: a map that is drawn anew for each step of the hand would be too slow
 * on many machines.
 */
export class Overlay {
  readonly #root = document.createElementNS(svg, 'svg');
  #drawing: Drawing | null = null;
  #language: Language = 'zh';

  constructor(private readonly map: MapLibreMap) {
    this.#root.setAttribute('class', 'sketch');
    this.#root.setAttribute('aria-hidden', 'true');
    map.getCanvasContainer().append(this.#root);
    map.on('move', this.#draw);
  }

  show(drawing: Drawing | null, language: Language): void {
    this.#drawing = drawing;
    this.#language = language;
    this.#draw();
  }

  close(): void {
    this.map.off('move', this.#draw);
    this.#root.remove();
  }

  #draw = (): void => {
    this.#root.replaceChildren(...(this.#drawing ? this.#shapes(this.#drawing) : []));
  };

  #shapes(drawing: Drawing): SVGElement[] {
    if (drawing.what === 'circle') return this.#circle(drawing.centre, drawing.radius, ringOf(drawing));
    const { points } = drawing;
    const corners = points.length > 20 ? [] : points.map((at) => this.#corner(at));
    // Lines that are straight on the map are straight on the screen.
    if (drawing.what === 'polygon') return [...this.#paths(points, true), ...corners];
    const lengths = points.slice(1).map((b, i) => {
      const a = points[i] ?? b;
      return this.#text(middle(a, b), metresBetween(a, b));
    });
    return [...this.#paths(geodesicLine(points), false), ...corners, ...lengths];
  }

  #circle(centre: Position, radius: number, ring: readonly Position[]): SVGElement[] {
    const east = ring[Math.round((ring.length - 1) * 0.75)] ?? centre;
    return [
      ...this.#paths(ring, true),
      ...this.#paths([centre, east], false),
      this.#corner(centre),
      this.#text(middle(centre, east), radius),
    ];
  }

  /** A white line below the coloured one, so that it stands out from any map. */
  #paths(points: readonly Position[], closed: boolean): SVGElement[] {
    const steps = points.map((at) => {
      const { x, y } = this.map.project([at[0], at[1]]);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
    const d = `M${steps.join('L')}${closed ? 'Z' : ''}`;
    return ['sketch-halo', closed ? 'sketch-line closed' : 'sketch-line'].map((name) =>
      element('path', { class: name, d }),
    );
  }

  #corner(at: Position): SVGElement {
    const { x, y } = this.map.project([at[0], at[1]]);
    return element('circle', { class: 'sketch-corner', cx: x, cy: y, r: 4 });
  }

  #text(at: Position, metres: number): SVGElement {
    const { x, y } = this.map.project([at[0], at[1]]);
    const text = element('text', { class: 'sketch-text', x, y: y - 8 });
    text.textContent = distance(metres, this.#language);
    return text;
  }
}

function middle(a: Position, b: Position): Position {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

function element(name: 'path' | 'circle' | 'text', attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
