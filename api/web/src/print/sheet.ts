import type { Language } from '../format/number';
import { exact } from '../format/number';
import { distance, scaleBar, scaleRatio } from '../format/scale';
import type { Mark } from '../map/kinds';
import { corners } from '../map/symbols';
import { type Frames, framesOf, type Paper, type Rect } from './paper';

/** What is to stand on a sheet. */
export interface Content {
  language: Language;
  title: string;
  subtitle: string;
  /** What must not be overlooked, above the map. */
  warning: string | null;
  legend: readonly LegendRow[];
  /** Says that so many rows found no place. */
  more: (rows: number) => string;
  /** Dates, sources, link. */
  foot: readonly FootLine[];
  metresPerMm: number;
  /** The scale in words: about 1:N. */
  ratio: (n: string) => string;
  /** The direction that is up, in degrees clockwise from north. */
  bearing: number;
  north: string;
}

export interface FootLine {
  part: 'dates' | 'source' | 'link';
  text: string;
}

/** A row of the legend: a heading, or a sign with what it says and how many there are. */
export interface LegendRow {
  text: string;
  count?: string;
  heading?: boolean;
  sign?: Sign;
}

export type Sign =
  | { is: 'mark'; mark: Mark; hollow?: boolean }
  | { is: 'plate'; mark: Mark }
  | { is: 'ring' }
  | { is: 'swatch'; colour: string }
  | { is: 'outline'; colour: string };

/** What a sheet consists of, in millimetres; of texts y is the base line and size the height of the letters. */
export type Item =
  | ({ is: 'picture' } & Rect)
  | ({ is: 'rect' } & Rect & Look)
  | ({ is: 'circle'; x: number; y: number; r: number } & Look)
  | ({ is: 'polygon'; points: readonly Point[] } & Look)
  | {
      is: 'text';
      x: number;
      y: number;
      size: number;
      text: string;
      colour: string;
      bold?: boolean;
      anchor?: 'start' | 'middle' | 'end';
      /** What the text is, for those who look for it. */
      part: 'title' | 'subtitle' | 'warning' | 'legend' | 'count' | 'scale' | 'north' | FootLine['part'];
    };

export type Point = readonly [number, number];

export interface Look {
  fill: string;
  stroke?: string;
  line?: number;
}

/** How wide a text is in millimetres. */
export type Measure = (text: string, size: number, bold?: boolean) => number;

const ink = '#26241f';
const quiet = '#615c52';
const alarm = '#b3261e';

/** Composes a sheet: everything on it with its place. */
export function compose(content: Content, paper: Paper, measure: Measure): Item[] {
  const frames = framesOf(paper);
  const { map } = frames;
  return [
    { is: 'rect', x: 0, y: 0, ...frames.paper, fill: '#ffffff' },
    ...head(content, frames, measure),
    { is: 'picture', ...map },
    { is: 'rect', ...map, fill: 'none', stroke: ink, line: 0.3 },
    ...warning(content, map, measure),
    ...scale(content, frames.scale, measure),
    ...north(content, map),
    ...legend(content, frames, measure),
    ...foot(content, frames.foot, measure),
  ];
}

function head({ title, subtitle }: Content, { title: at }: Frames, measure: Measure): Item[] {
  const size = fitting(title, 6, 3.2, at.width, measure, true);
  const small = fitting(subtitle, 3.2, 2, at.width, measure);
  return [
    {
      is: 'text',
      part: 'title',
      x: at.x,
      y: at.y + 6.5,
      size,
      text: cut(title, at.width, size, measure, true),
      colour: ink,
      bold: true,
    },
    {
      is: 'text',
      part: 'subtitle',
      x: at.x,
      y: at.y + 12.5,
      size: small,
      text: cut(subtitle, at.width, small, measure),
      colour: quiet,
    },
  ];
}

function warning({ warning: text }: Content, map: Rect, measure: Measure): Item[] {
  if (text === null) return [];
  const size = 3.4;
  const lines = wrap(text, map.width - 30, size, measure, true);
  const height = lines.length * size * 1.35 + 2;
  return [
    {
      is: 'rect',
      x: map.x + 2,
      y: map.y + 2,
      width: map.width - 26,
      height,
      fill: '#fff8e8',
      stroke: alarm,
      line: 0.3,
    },
    ...lines.map(
      (line, i): Item => ({
        is: 'text',
        part: 'warning',
        x: map.x + 4,
        y: map.y + 2 + size * 1.35 * (i + 1),
        size,
        text: line,
        colour: alarm,
        bold: true,
      }),
    ),
  ];
}

/** A bar of a round length, half black and half white, with the scale in words below it. */
function scale({ metresPerMm, ratio, language }: Content, at: Rect, measure: Measure): Item[] {
  const size = 2.6;
  // Half of the label stands beyond the end of its bar.
  const { metres, mm } = scaleBar(metresPerMm, at.width - 12);
  const label = distance(metres, language);
  const right = at.x + at.width - measure(label, size) / 2;
  const x = right - mm;
  const top = at.y + size + 1.2;
  const text = (middle: number, y: number, words: string): Item => {
    return { is: 'text', part: 'scale', x: middle, y, size, text: words, colour: ink, anchor: 'middle' };
  };
  const half = (from: number, fill: string): Item => {
    return { is: 'rect', x: from, y: top, width: mm / 2, height: 1.6, fill, stroke: ink, line: 0.25 };
  };
  return [
    text(x, at.y + size, '0'),
    text(right, at.y + size, label),
    half(x, ink),
    half(x + mm / 2, '#ffffff'),
    text(x + mm / 2, top + size + 2.6, ratio(exact(scaleRatio(metresPerMm), language))),
  ];
}

/** An arrow to the north with its letter at the tip, both turned as the map is. */
function north({ bearing, north: letter }: Content, map: Rect): Item[] {
  const [x, y, r] = [map.x + map.width - 11, map.y + 11, 8.5];
  const angle = (-bearing * Math.PI) / 180;
  const turn = ([dx, dy]: Point): Point => [
    x + dx * Math.cos(angle) - dy * Math.sin(angle),
    y + dx * Math.sin(angle) + dy * Math.cos(angle),
  ];
  const [left, right, tip, notch] = (
    [
      [-2.6, 5.2],
      [2.6, 5.2],
      [0, -2.6],
      [0, 3.4],
    ] as const
  ).map(turn) as [Point, Point, Point, Point];
  const [lx, ly] = turn([0, -5.2]);
  return [
    { is: 'circle', x, y, r, fill: 'rgba(255,255,255,0.85)' },
    { is: 'polygon', points: [tip, left, notch], fill: ink },
    { is: 'polygon', points: [tip, right, notch], fill: '#ffffff', stroke: ink, line: 0.25 },
    {
      is: 'text',
      part: 'north',
      x: lx,
      y: ly + 1.1,
      size: 3,
      text: letter,
      colour: ink,
      bold: true,
      anchor: 'middle',
    },
  ];
}

const tallestRow = 5;
const lowestRow = 3;
const gap = 4;

/** Rows of the legend in columns, lower when there are many; what still finds no place is counted. */
function legend({ legend: rows, more }: Content, { legend: at, columns }: Frames, measure: Measure): Item[] {
  const height = Math.max(
    lowestRow,
    Math.min(tallestRow, at.height / Math.max(1, Math.ceil(rows.length / columns))),
  );
  // A row that just fits must not be lost to rounding.
  const perColumn = Math.floor(at.height / height + 1e-6);
  const places = columns * perColumn;
  const shown =
    rows.length <= places
      ? rows
      : [...rows.slice(0, places - 1), { text: more(rows.length - places + 1), heading: true }];
  const width = (at.width - gap * (columns - 1)) / columns;
  return shown.flatMap((row, i) => {
    const x = at.x + Math.floor(i / perColumn) * (width + gap);
    const y = at.y + (i % perColumn) * height;
    return legendRow(row, { x, y, width, height }, measure);
  });
}

function legendRow(row: LegendRow, { x, y, width, height }: Rect, measure: Measure): Item[] {
  const size = Math.min(3, height * 0.64);
  const base = y + height / 2 + size * 0.36;
  const indent = row.heading ? 0 : size * 2;
  const room = row.count === undefined ? 0 : measure(row.count, size) + 2;
  const wide = width - indent - room;
  const narrow = fitting(row.text, size, size * 0.7, wide, measure, row.heading);
  const items: Item[] = [
    {
      is: 'text',
      part: 'legend',
      x: x + indent,
      y: base,
      size: narrow,
      text: cut(row.text, wide, narrow, measure, row.heading),
      colour: ink,
      bold: row.heading === true,
    },
  ];
  if (row.count !== undefined) {
    items.push({
      is: 'text',
      part: 'count',
      x: x + width,
      y: base,
      size,
      text: row.count,
      colour: ink,
      anchor: 'end',
      bold: row.heading === true,
    });
  }
  return row.sign ? [...signItems(row.sign, x + size * 0.7, y + height / 2, size), ...items] : items;
}

/** The sign of a row with its middle at a place, about as high as the letters. */
function signItems(sign: Sign, x: number, y: number, size: number): Item[] {
  const box = (w: number, h: number) => ({ x: x - w / 2, y: y - h / 2, width: w, height: h });
  if (sign.is === 'swatch')
    return [{ is: 'rect', ...box(size * 1.4, size), fill: sign.colour, stroke: '#8f8674', line: 0.15 }];
  if (sign.is === 'ring')
    return [{ is: 'circle', x, y, r: size * 0.52, fill: '#ffffff', stroke: '#8f8678', line: 0.5 }];
  if (sign.is === 'outline')
    return [{ is: 'rect', ...box(size * 1.4, size), fill: 'none', stroke: sign.colour, line: 0.35 }];
  if (sign.is === 'plate') {
    const back: Item = {
      is: 'rect',
      ...box(size * 1.3, size * 1.3),
      fill: '#ffffff',
      stroke: '#5b554b',
      line: 0.2,
    };
    return [back, markItem(sign.mark, false, x, y, size * 0.36)];
  }
  return [markItem(sign.mark, sign.hollow === true, x, y, size * 0.42)];
}

function markItem({ shape, colour }: Mark, hollow: boolean, x: number, y: number, r: number): Item {
  const look: Look = { fill: hollow ? '#ffffff' : colour, stroke: colour, line: hollow ? 0.4 : 0.1 };
  if (shape === 'circle') return { is: 'circle', x, y, r, ...look };
  const points = corners(shape, r).map(([dx, dy]): Point => [x + dx, y + dy]);
  return { is: 'polygon', points, ...look };
}

/** Dates, sources and link at the foot, in letters as large as there is room for. */
function foot({ foot: lines }: Content, at: Rect, measure: Measure): Item[] {
  const sizes = [2.8, 2.5, 2.3, 2.1, 1.9, 1.7];
  const wrapped = (size: number) =>
    lines.flatMap(({ part, text }) =>
      wrap(text, at.width, size, measure).map((line) => ({ part, text: line })),
    );
  const leading = 1.4;
  const size = sizes.find((one) => wrapped(one).length * one * leading <= at.height) ?? 1.7;
  const most = Math.floor(at.height / (size * leading));
  return wrapped(size)
    .slice(0, most)
    .map(
      ({ part, text }, i): Item => ({
        is: 'text',
        part,
        x: at.x,
        y: at.y + size * leading * (i + 0.8),
        size,
        text,
        colour: part === 'link' ? quiet : ink,
      }),
    );
}

/** The largest size from `most` down to `least` at which a text is not wider than there is room. */
function fitting(
  text: string,
  most: number,
  least: number,
  width: number,
  measure: Measure,
  bold = false,
): number {
  const wide = measure(text, most, bold);
  return wide <= width ? most : Math.max(least, (most * width) / wide);
}

/** The text, or as much of its beginning as there is room for and an ellipsis. */
export function cut(text: string, width: number, size: number, measure: Measure, bold = false): string {
  if (measure(text, size, bold) <= width) return text;
  const letters = [...text];
  while (letters.length > 0 && measure(`${letters.join('')}…`, size, bold) > width) letters.pop();
  return `${letters.join('')}…`;
}

/** Lines of a text: broken at spaces, between Chinese characters, and in a link after its signs or, if need be, anywhere. */
export function wrap(text: string, width: number, size: number, measure: Measure, bold = false): string[] {
  const lines: string[] = [];
  let line = '';
  let wide = 0;
  for (const word of text.match(
    /[^\s\p{Script=Han}，。；：、/?&,=·]*[\s\p{Script=Han}，。；：、/?&,=·]?/gu,
  ) ?? []) {
    for (const piece of pieces(word, width, size, measure, bold)) {
      const more = measure(piece, size, bold);
      if (line !== '' && wide + measure(piece.trimEnd(), size, bold) > width) {
        lines.push(line.trimEnd());
        [line, wide] = ['', 0];
      }
      line += piece;
      wide += more;
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** A word, or if it is wider than a line its letters. */
function pieces(word: string, width: number, size: number, measure: Measure, bold: boolean): string[] {
  if (word === '') return [];
  return measure(word, size, bold) > width ? [...word] : [word];
}
