import { type Mark, markOf, type Shape } from './kinds';

/** Draws the images of the map on demand; their names say what they show. */
export interface Picture {
  data: ImageData;
  pixelRatio: number;
}

/** Shares of a cluster are rounded to this many parts, so that clusters share their images. */
export const shareSteps = 24;

/** The accent for selections. */
export const accent = '#0b6e6e';

/** Draws what a name asks for: "cluster:RADIUS:s1,s2,…" or "dot:KIND:solid|hollow|chosen"; null for other names. */
export function draw(name: string, kinds: readonly string[], ratio: number): Picture | null {
  const [what, first = '', second = ''] = name.split(':');
  if (what === 'cluster') return cluster(Number(first), second.split(',').map(Number), kinds, ratio);
  if (what === 'dot') return dot(markOf(first), second, ratio);
  return null;
}

function canvas(side: number, ratio: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = element.height = Math.ceil(side * ratio);
  const context = element.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser cannot draw on a canvas');
  context.scale(ratio, ratio);
  context.translate(side / 2, side / 2);
  return context;
}

function picture(context: CanvasRenderingContext2D, ratio: number): Picture {
  const { width, height } = context.canvas;
  return { data: context.getImageData(0, 0, width, height), pixelRatio: ratio };
}

function cluster(radius: number, shares: number[], kinds: readonly string[], ratio: number): Picture {
  const context = canvas(2 * radius + 4, ratio);
  disc(context, radius + 1, 'rgba(60, 52, 40, 0.18)');
  disc(context, radius, '#ffffff');
  const sum = shares.reduce((a, b) => a + b, 0) || 1;
  const width = radius < 12 ? 2.5 : 3;
  let angle = -Math.PI / 2;
  shares.forEach((share, i) => {
    if (share === 0) return;
    const end = angle + (share / sum) * 2 * Math.PI;
    context.beginPath();
    context.arc(0, 0, radius - width / 2, angle, end);
    context.lineWidth = width;
    context.strokeStyle = markOf(kinds[i] ?? '').colour;
    context.stroke();
    angle = end;
  });
  return picture(context, ratio);
}

function disc(context: CanvasRenderingContext2D, radius: number, colour: string): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

function dot({ colour, shape }: Mark, look: string, ratio: number): Picture {
  const chosen = look.startsWith('chosen');
  const hollow = look === 'hollow' || look === 'chosen-hollow';
  const size = chosen ? 6.5 : 4.2;
  const context = canvas(chosen ? 30 : 16, ratio);
  if (chosen) {
    disc(context, 13, accent);
    disc(context, 11, '#ffffff');
  }
  outline(context, shape, size);
  context.lineJoin = 'round';
  context.lineWidth = 4.5;
  context.strokeStyle = '#ffffff';
  context.stroke();
  context.fillStyle = hollow ? '#ffffff' : colour;
  context.fill();
  context.lineWidth = hollow ? 2 : 1;
  context.strokeStyle = colour;
  context.stroke();
  return picture(context, ratio);
}

/** The sign of a report: its shape on a white square with a dark edge. */
export function drawReport({ colour, shape }: Mark, ratio: number): Picture {
  const context = canvas(20, ratio);
  plate(context, 18, '#ffffff');
  outline(context, shape, 4);
  context.fillStyle = colour;
  context.fill();
  return picture(context, ratio);
}

/** The sign of several reports: a plate for their number. */
export function drawReports(side: number, ratio: number): Picture {
  const context = canvas(side + 2, ratio);
  plate(context, side, '#fdf3dc');
  return picture(context, ratio);
}

function plate(context: CanvasRenderingContext2D, side: number, colour: string): void {
  context.beginPath();
  context.roundRect(-side / 2 + 0.75, -side / 2 + 0.75, side - 1.5, side - 1.5, 4);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = '#5b554b';
  context.stroke();
}

function outline(context: CanvasRenderingContext2D, shape: Shape, r: number): void {
  context.beginPath();
  if (shape === 'circle') {
    context.arc(0, 0, r, 0, 2 * Math.PI);
  } else {
    corners(shape, r).forEach(([x, y], i) => {
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
  }
  context.closePath();
}

/** The corners of a shape of about the area of a circle of radius r. */
export function corners(shape: Exclude<Shape, 'circle'>, r: number): [number, number][] {
  const turn = (n: number, radius: number, start: number) =>
    Array.from({ length: n }, (_, i): [number, number] => {
      const angle = start + (i * 2 * Math.PI) / n;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
  switch (shape) {
    case 'square':
      return turn(4, r * 1.25, Math.PI / 4);
    case 'diamond':
      return turn(4, r * 1.25, 0);
    case 'triangle':
      return turn(3, r * 1.45, -Math.PI / 2);
    case 'hexagon':
      return turn(6, r * 1.1, 0);
    case 'cross': {
      const a = r * 0.45;
      const b = r * 1.2;
      return [
        [-a, -b],
        [a, -b],
        [a, -a],
        [b, -a],
        [b, a],
        [a, a],
        [a, b],
        [-a, b],
        [-a, a],
        [-b, a],
        [-b, -a],
        [-a, -a],
      ];
    }
  }
}
