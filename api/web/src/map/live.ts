import type { ChangeEvent } from '../api/client';
import { parseTile, type Tile } from './tiles';

/** What happened to a layer: the tiles that changed, or null when everything may have. */
export type OnChange = (tiles: Tile[] | null, layer: string) => void;

const firstWait = 1000;
const longestWait = 30_000;

/**
 * Listens to the server's events while the page is visible. After every interruption the layer counts as changed
 * altogether, since missed events are not repeated.
 */
export class LiveEvents {
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = firstWait;
  #missed = false;
  #closed = false;

  constructor(
    private readonly layers: readonly string[],
    private readonly onChange: OnChange,
    private readonly onState: (connected: boolean) => void,
    private readonly page: Document = document,
  ) {
    page.addEventListener('visibilitychange', this.#onVisibility);
    this.#onVisibility();
  }

  close(): void {
    this.#closed = true;
    this.page.removeEventListener('visibilitychange', this.#onVisibility);
    this.#disconnect();
  }

  #onVisibility = (): void => {
    if (this.page.visibilityState === 'hidden') {
      this.#disconnect();
      this.#missed = true;
    } else if (!this.#source && !this.#closed) {
      this.#connect();
    }
  };

  #connect(): void {
    clearTimeout(this.#timer);
    const source = new EventSource(`/events?layers=${this.layers.join()}`);
    this.#source = source;
    source.onopen = () => {
      this.#wait = firstWait;
      this.onState(true);
      if (this.#missed) for (const layer of this.layers) this.onChange(null, layer);
      this.#missed = false;
    };
    source.addEventListener('change', (event) => this.#receive(event.data));
    source.onerror = () => this.#retry();
  }

  #receive(data: string): void {
    const change = JSON.parse(data) as ChangeEvent;
    if (!this.layers.includes(change.layer)) return;
    const tiles = (change.tiles ?? []).map(parseTile).filter((tile) => tile !== null);
    this.onChange(change.reload ? null : tiles, change.layer);
  }

  /** Waits longer each time, and not in step with the other pages that lost the same server. */
  #retry(): void {
    this.#disconnect();
    this.#missed = true;
    this.onState(false);
    const wait = this.#wait * (0.5 + Math.random());
    this.#wait = Math.min(this.#wait * 2, longestWait);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
}
