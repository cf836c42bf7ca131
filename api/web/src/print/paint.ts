import { dots, framesOf, type Paper } from './paper';
import type { Item, Look, Measure } from './sheet';

/** A canvas to draw on, or an error that says that there is none. */
function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = canvas.getContext('2d');
  if (!found) throw new Error('this browser cannot draw on a canvas');
  return found;
}

/** The fonts of the page, which stand on its sheets, too. */
export function pageFont(): string {
  return getComputedStyle(document.documentElement).fontFamily;
}

/** Measures texts in the fonts of the page. */
export function measurer(font: string): Measure {
  const pen = context(document.createElement('canvas'));
  // Large letters are measured finely; widths grow with their size.
  const fine = 100;
  return (text, size, bold = false) => {
    pen.font = `${bold ? 600 : 400} ${fine}px ${font}`;
    return (pen.measureText(text).width * size) / fine;
  };
}

/** Draws a sheet with the picture of its map as an image of so many pixels per millimetre. */
export function paint(
  items: readonly Item[],
  paper: Paper,
  picture: CanvasImageSource,
  font: string,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const { width, height } = framesOf(paper).paper;
  [canvas.width, canvas.height] = [width * dots, height * dots];
  const pen = context(canvas);
  for (const item of items) draw(pen, enlarged(item, dots), picture, font);
  return canvas;
}

/** The item in units of which so many make a millimetre: letters of 2 pixels are below what browsers allow. */
export function enlarged(item: Item, by: number): Item {
  const grown = Object.entries(item).map(([key, value]) => [
    key,
    typeof value === 'number' ? value * by : value,
  ]);
  const made = Object.fromEntries(grown) as Item;
  if (made.is === 'polygon') return { ...made, points: made.points.map(([x, y]) => [x * by, y * by]) };
  return made;
}

function draw(pen: CanvasRenderingContext2D, item: Item, picture: CanvasImageSource, font: string): void {
  if (item.is === 'picture') {
    pen.drawImage(picture, item.x, item.y, item.width, item.height);
    return;
  }
  if (item.is === 'text') {
    pen.font = `${item.bold ? 600 : 400} ${item.size}px ${font}`;
    pen.fillStyle = item.colour;
    pen.textAlign = item.anchor === 'middle' ? 'center' : (item.anchor ?? 'start');
    pen.fillText(item.text, item.x, item.y);
    return;
  }
  pen.beginPath();
  if (item.is === 'rect') pen.rect(item.x, item.y, item.width, item.height);
  else if (item.is === 'circle') pen.arc(item.x, item.y, item.r, 0, 2 * Math.PI);
  else {
    item.points.forEach(([x, y], i) => {
      if (i === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    });
    pen.closePath();
  }
  fill(pen, item);
}

function fill(pen: CanvasRenderingContext2D, { fill, stroke, line }: Look): void {
  if (fill !== 'none') {
    pen.fillStyle = fill;
    pen.fill();
  }
  if (stroke === undefined) return;
  pen.strokeStyle = stroke;
  pen.lineWidth = line ?? 1;
  pen.stroke();
}
