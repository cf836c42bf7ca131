import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useConditions } from '../../api/queries';
import { useServices, useUrl } from '../../services';
import { useCell } from '../../state/cell';
import { type Drawing, isWhole, type Position, parseDrawing } from '../../tools/drawing';
import { ringOf } from '../../tools/geodesy';
import { Latest } from '../../tools/latest';
import { type Counted, countIn } from './counted';

/** What the link says is drawn; null for nothing, and for what cannot be read. */
export function useDrawing(): Drawing | null {
  const text = useUrl((state) => state.area);
  return useMemo(() => (text === null ? null : parseDrawing(text)), [text]);
}

/** What lies in the area of the link. While the answer is under way, the last one of the drawing stands in. */
export function useFinal() {
  const { client, tools } = useServices();
  const text = useUrl((state) => state.area);
  const drawing = useDrawing();
  const conditions = useConditions();
  const ring = useMemo(() => (drawing ? ringOf(drawing) : []), [drawing]);
  const answer = useQuery({
    queryKey: ['organizations', 'area', text, conditions],
    queryFn: ({ signal }) => countIn(client, ring, conditions, true, signal),
    enabled: ring.length > 0,
    placeholderData: (before: Counted | undefined, query) =>
      tools.live.get() ?? (query?.queryKey[2] === text ? before : undefined),
  });
  const fresh = answer.data !== undefined && !answer.isPlaceholderData;
  useEffect(() => {
    if (fresh) tools.live.set(null);
  }, [fresh, tools]);
  return answer;
}

/** Milliseconds between two questions while one draws: 25 a second, so that an office behind one address may draw too. */
const liveEvery = 40;

/** Keeps asking what lies in the sketch while it is drawn, and tells it to those who watch the tools. */
export function useLiveCount(): void {
  const { client, tools } = useServices();
  const conditions = useConditions();
  const sketch = useCell(tools.sketch);
  const latest = useMemo(
    () =>
      new Latest<Position[], Counted>(
        (ring, signal) => countIn(client, ring, conditions, false, signal),
        (_, answer) => tools.live.set(answer),
        () => tools.live.set(null),
        liveEvery,
      ),
    [client, tools, conditions],
  );
  useEffect(() => () => latest.cancel(), [latest]);
  useEffect(() => {
    if (sketch && sketch.what !== 'line' && isWhole(sketch)) latest.put(ringOf(sketch));
    else latest.cancel();
  }, [latest, sketch]);
}
