import { Cell } from '../../state/cell';

/** How long what was done can be undone, in milliseconds. */
export const undoTime = 10_000;

/** Something that was done a moment ago. */
export interface Done {
  id: number;
  /** What was done, in the words of the page. */
  text: string;
  /** null for what is only told. */
  undo: (() => Promise<void>) | null;
  /** What it was done to, when what was done to it before cannot be undone any more. */
  about: string | null;
}

/** What can still be undone, the latest last. */
export class Undoing {
  readonly done = new Cell<readonly Done[]>([]);
  #last = 0;

  /** Says that something was done, which has no way back: until something newer is said. */
  tell(text: string): void {
    this.#last++;
    this.done.set([...this.#undoable(), { id: this.#last, text, undo: null, about: null }]);
  }

  offer(text: string, undo: () => Promise<void>, about: string | null = null): void {
    this.#last++;
    const others = this.#undoable().filter((one) => about === null || one.about !== about);
    this.done.set([...others, { id: this.#last, text, undo, about }]);
  }

  #undoable(): readonly Done[] {
    return this.done.get().filter((one) => one.undo !== null);
  }

  /** What was done to something cannot be undone any more. */
  overtake(about: string): void {
    this.done.set(this.done.get().filter((one) => one.about !== about));
  }

  forget(id: number): void {
    this.done.set(this.done.get().filter((one) => one.id !== id));
  }
}
