import type { MapLibreMap } from 'maplibre-gl';
import type { Language } from '../format/number';
import { distance } from '../format/scale';
import type { Drawing, Position } from '../tools/drawing';
import { type Figure, figureOf } from './figure';

const svg = 'http://www.w3.org/2000/svg';

/**
 * Shows what is being drawn above the map, not in it: a map that is drawn anew for each step of the hand would be too slow
 * on many machines.
 */
export class Overlay {
  readonly #root = document.createElementNS(svg, 'svg');
  #figure: Figure | null = null;
  #language: Language = 'zh';

  constructor(private readonly map: MapLibreMap) {
    this.#root.setAttribute('class', 'sketch');
    this.#root.setAttribute('aria-hidden', 'true');
    map.getCanvasContainer().append(this.#root);
    map.on('move', this.#draw);
  }

  show(drawing: Drawing | null, language: Language): void {
    this.#figure = drawing && figureOf(drawing);
    this.#language = language;
    this.#draw();
  }

  close(): void {
    this.map.off('move', this.#draw);
    this.#root.remove();
  }

  #draw = (): void => {
    this.#root.replaceChildren(...(this.#figure ? this.#shapes(this.#figure) : []));
  };

  #shapes({ area, lines, corners, lengths }: Figure): SVGElement[] {
    return [
      ...area.flatMap((rings) => this.#paths(rings, true)),
      ...this.#paths(lines, false),
      ...corners.map((at) => this.#corner(at)),
      ...lengths.map(({ at, metres }) => this.#text(at, metres)),
    ];
  }

  /** A white line below the coloured one, so that it stands out from any map. */
  #paths(lines: readonly (readonly Position[])[], closed: boolean): SVGElement[] {
    if (lines.length === 0) return [];
    const step = (at: Position) => {
      const { x, y } = this.map.project([at[0], at[1]]);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    };
    const d = lines.map((line) => `M${line.map(step).join('L')}${closed ? 'Z' : ''}`).join('');
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

function element(name: 'path' | 'circle' | 'text', attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
