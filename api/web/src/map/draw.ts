import type { ToolName } from '../state/tools';
import { boxBetween, clampToMap, type Drawing, isWhole, mostRadius, type Position } from '../tools/drawing';
import { metresBetween } from '../tools/geodesy';
import { simplify } from '../tools/mercator';
import type { MapController } from './controller';

/** What a drawing is told to. */
export interface Drawn {
  /** As far as it is drawn now; null for nothing yet. */
  sketch: (drawing: Drawing | null) => void;
  done: (drawing: Drawing) => void;
  cancelled: () => void;
}

/** Pixels that a hand may move without meaning it, and within which the first corner is hit again. */
const tremble = 5;
const reach = { mouse: 12, touch: 24 } as const;

/** Two presses on one place within so many milliseconds end a line. */
const doubleClick = 400;

/** A click that a press makes comes within so many milliseconds after it. */
const clickAfter = 300;

interface Press {
  pointer: number;
  x: number;
  y: number;
}

/**
 * Draws with one tool: by dragging (lasso, box, circle), by presses on one corner after the other, or by keys: Space sets
 * a corner at the middle of what is seen, Enter ends, Backspace takes the last corner back, Escape gives up.
 */
export class Drawer {
  #points: Position[] = [];
  /** Where the next corner would be. */
  #ahead: Position | null = null;
  #press: Press | null = null;
  #byKeys = false;
  #last = { time: 0, x: 0, y: 0 };
  readonly #canvas: HTMLElement;
  readonly #stopped = new AbortController();

  constructor(
    private readonly controller: MapController,
    private readonly tool: ToolName,
    private readonly told: Drawn,
  ) {
    this.#canvas = controller.map.getCanvas();
    this.#listen();
    this.#hold(true);
  }

  /** Ends without a word, and gives the map back. */
  close(): void {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    this.controller.map.off('move', this.#onMove);
    // The press that ends a drawing makes a click, which chooses nothing.
    setTimeout(() => this.#hold(false), clickAfter);
  }

  /** Ends with what is drawn, if it is enough; tells whether it was. */
  finish(): boolean {
    const drawing = this.#drawing(null);
    if (!drawing || !isWhole(drawing)) return false;
    this.close();
    this.told.done(drawing);
    return true;
  }

  /** Takes the last corner back. */
  back(): void {
    this.#points.pop();
    this.#tell();
  }

  cancel(): void {
    this.close();
    this.told.cancelled();
  }

  get #drags(): boolean {
    return this.tool === 'lasso' || this.tool === 'box' || this.tool === 'circle';
  }

  /** Keeps the map from what presses mean otherwise. */
  #hold(on: boolean): void {
    const { map } = this.controller;
    if (!map.style) return;
    this.controller.drawing += on ? 1 : -1;
    // Another tool has begun meanwhile.
    if (!on && this.controller.drawing > 0) return;
    const set = (handler: { enable(): void; disable(): void }, free: boolean) =>
      free ? handler.enable() : handler.disable();
    set(map.dragPan, !on || !this.#drags);
    set(map.boxZoom, !on);
    set(map.doubleClickZoom, !on);
    this.#canvas.style.touchAction = on ? 'none' : '';
    this.#canvas.style.cursor = on ? 'crosshair' : '';
  }

  #listen(): void {
    const { signal } = this.#stopped;
    const on = <K extends 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel'>(
      name: K,
      handle: (event: PointerEvent) => void,
    ) => this.#canvas.addEventListener(name, handle, { signal });
    on('pointerdown', this.#onDown);
    on('pointermove', this.#onHover);
    on('pointerup', this.#onUp);
    on('pointercancel', this.#onCancel);
    window.addEventListener('keydown', this.#onKey, { signal, capture: true });
    this.controller.map.on('move', this.#onMove);
  }

  #onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (!event.isPrimary) {
      // A second finger means the map.
      this.#onCancel();
      return;
    }
    this.#byKeys = false;
    this.#press = { pointer: event.pointerId, x: event.clientX, y: event.clientY };
    if (!this.#drags) return;
    this.#canvas.setPointerCapture(event.pointerId);
    if (this.tool === 'lasso') this.#points = [];
    if (this.#points.length === 0) this.#points = [this.#at(event)];
  };

  #onHover = (event: PointerEvent): void => {
    if (event.pointerType === 'touch' && !(this.#press && this.#drags)) return;
    this.#byKeys = false;
    this.#ahead = this.#at(event);
    if (this.tool === 'lasso' && this.#press) {
      // A browser tells the hand's way between two frames in several steps.
      const steps = event.getCoalescedEvents?.() ?? [];
      for (const step of steps.length > 0 ? steps : [event]) this.#points.push(this.#at(step));
    }
    if (this.#points.length > 0) this.#tell();
  };

  #onUp = (event: PointerEvent): void => {
    const press = this.#press;
    this.#press = null;
    if (!press || press.pointer !== event.pointerId) return;
    const still = Math.hypot(event.clientX - press.x, event.clientY - press.y) <= tremble;
    if (this.#drags) this.#afterDrag(event, still);
    else if (still) this.#corner(event);
  };

  #onCancel = (): void => {
    this.#press = null;
    if (this.#drags) this.#reset();
  };

  #afterDrag(event: PointerEvent, still: boolean): void {
    const at = this.#at(event);
    if (this.tool === 'lasso') {
      if (still && this.#points.length < 8) this.#reset();
      else if (!this.finish()) this.#reset();
      return;
    }
    const [first] = this.#points;
    if (!first || this.#near(first, event, tremble)) return;
    this.#points = [first, at];
    if (!this.finish()) this.#reset();
  }

  /** A press sets a corner; a second one on the same place, or one on the first corner, ends. */
  #corner(event: PointerEvent): void {
    const now = performance.now();
    const { time, x, y } = this.#last;
    const touch = event.pointerType === 'touch';
    const again = now - time < doubleClick && Math.hypot(event.clientX - x, event.clientY - y) <= reach.mouse;
    this.#last = { time: now, x: event.clientX, y: event.clientY };
    const [first] = this.#points;
    const closes = this.tool === 'polygon' && this.#points.length >= 3 && first !== undefined;
    if (again || (closes && this.#near(first, event, touch ? reach.touch : reach.mouse))) {
      this.finish();
      return;
    }
    this.#points.push(this.#at(event));
    this.#ahead = null;
    this.#tell();
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const { target } = event;
    const onControl =
      target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT|BUTTON|A|SUMMARY)$/.test(target.tagName);
    const act = {
      Escape: () => this.cancel(),
      Backspace: () => this.back(),
      Enter: () => this.#enter(),
      ' ': () => this.#middle(),
    }[event.key];
    if (!act || (onControl && event.key !== 'Escape')) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  /** By keys a box or a circle ends where the middle is now. */
  #enter(): void {
    if (this.#byKeys && this.#drags && this.#points.length === 1) this.#points.push(this.#seen());
    this.finish();
  }

  #middle(): void {
    this.#byKeys = true;
    this.#points.push(this.#seen());
    const enough = (this.tool === 'box' || this.tool === 'circle') && this.#points.length === 2;
    if (!enough || !this.finish()) this.#tell();
  }

  #onMove = (): void => {
    if (!this.#byKeys || this.#points.length === 0) return;
    this.#ahead = this.#seen();
    this.#tell();
  };

  #seen(): Position {
    const { lng, lat } = this.controller.middle();
    return clampToMap([lng, lat]);
  }

  #reset(): void {
    this.#points = [];
    this.#ahead = null;
    this.told.sketch(null);
  }

  #tell(): void {
    this.told.sketch(this.#drawing(this.#ahead));
  }

  /** What the corners and the one ahead make so far, be it too few of them; null for none. */
  #drawing(ahead: Position | null): Drawing | null {
    if (this.tool === 'lasso') return this.#lassoed();
    const points = ahead ? [...this.#points, ahead] : [...this.#points];
    const [first, second] = points;
    if (!first) return null;
    if (this.tool === 'line' || this.tool === 'corridor') return { what: 'line', points };
    if (this.tool === 'polygon' || !second) return { what: 'polygon', points };
    if (this.tool === 'box') return { what: 'polygon', points: boxBetween(first, second) };
    const radius = Math.min(metresBetween(first, second), mostRadius(first[1]));
    return { what: 'circle', centre: first, radius };
  }

  #lassoed(): Drawing | null {
    const points = simplify(this.#points, this.#pixel());
    return points.length === 0 ? null : { what: 'polygon', points };
  }

  /** One pixel of the screen in radians of the map. */
  #pixel(): number {
    return (2 * Math.PI) / (512 * 2 ** this.controller.map.getZoom());
  }

  #near([lng, lat]: Position, event: PointerEvent, pixels: number): boolean {
    const place = this.controller.map.project([lng, lat]);
    const { left, top } = this.#canvas.getBoundingClientRect();
    return Math.hypot(event.clientX - left - place.x, event.clientY - top - place.y) <= pixels;
  }

  #at(event: { clientX: number; clientY: number }): Position {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const { lng, lat } = this.controller.map.unproject([event.clientX - left, event.clientY - top]);
    return clampToMap([lng, lat]);
  }
}
