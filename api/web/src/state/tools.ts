import type { Drawing } from '../tools/drawing';
import type { OwnAreas } from '../tools/ownAreas';
import type { Counted } from '../ui/tools/counted';
import { Cell } from './cell';
import type { PageStore } from './store';
import { nothingAside } from './url';

export type ToolName = 'lasso' | 'box' | 'circle' | 'polygon' | 'corridor' | 'line';

/** What the tools are at, beside what the link carries. Their code arrives with the first use; this is what others see. */
export class Tools {
  /** Whether the bar of tools shows. */
  readonly open = new Cell(false);
  readonly tool = new Cell<ToolName | null>(null);
  /** What is being drawn. */
  readonly sketch = new Cell<Drawing | null>(null);
  /** How far a corridor reaches from its line, in metres. */
  readonly distance = new Cell(3000);
  /** What the server said of the sketch last. */
  readonly live = new Cell<Counted | null>(null);
  /** Areas from a file of the reader's. */
  readonly own = new Cell<OwnAreas | null>(null);
  /** What was taken away a moment ago. */
  readonly removed = new Cell<{ area: string } | { own: OwnAreas } | null>(null);
  /** Whether the window for printing is open. */
  readonly printing = new Cell(false);
}

/** Closes the topmost of what stands beside the map: a card, a drawing in hand, areas from a file, the drawn area, the tools, or the second day. */
export function closeAside(store: PageStore, tools: Tools): void {
  const { selected, at, picked, area, swipe } = store.get();
  const own = tools.own.get();
  if (selected !== null || at !== null || picked !== null) store.set(nothingAside);
  else if (tools.tool.get() !== null) {
    tools.tool.set(null);
    tools.sketch.set(null);
  } else if (own) {
    tools.own.set(null);
    tools.removed.set({ own });
  } else if (area !== null) {
    store.set({ area: null });
    tools.removed.set({ area });
  } else if (tools.open.get()) tools.open.set(false);
  else if (swipe !== null) store.set({ swipe: null });
}
