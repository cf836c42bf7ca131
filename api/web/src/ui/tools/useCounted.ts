import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useConditions } from '../../api/queries';
import { useServices, useUrl } from '../../services';
import { useCell } from '../../state/cell';
import { areaOf } from '../../tools/area';
import { type Drawing, isWhole, parseDrawing } from '../../tools/drawing';
import { Latest } from '../../tools/latest';
import { type Counted, countIn, levelFor, type Question } from './counted';

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
  const question = useQuestion();
  const ask = useMemo(() => (drawing ? question(drawing) : null), [drawing, question]);
  const answer = useQuery({
    queryKey: ['organizations', 'area', text, ask?.level, ask?.conditions] as const,
    queryFn: ({ signal }) =>
      ask ? countIn(client, ask, true, signal) : Promise.reject(new Error('no area')),
    enabled: ask !== null,
    placeholderData: (before: Counted | undefined, query) =>
      tools.live.get() ?? (isSameLine(query?.queryKey[2], text) ? before : undefined),
  });
  const fresh = answer.data !== undefined && !answer.isPlaceholderData;
  useEffect(() => {
    if (fresh) tools.live.set(null);
  }, [fresh, tools]);
  return { ...answer, empty: drawing !== null && ask === null };
}

/** Whether two drawings are the same, be it at another distance. */
function isSameLine(a: string | null | undefined, b: string | null): boolean {
  const line = (text: string | null | undefined) => text?.replace(/^corridor:\d+/, '');
  return line(a) === line(b);
}

/** What is asked about a drawing under the conditions of the page; null for what has no area. */
function useQuestion(): (drawing: Drawing) => Question | null {
  const conditions = useConditions();
  const by = useUrl((state) => state.by);
  return useMemo(
    () => (drawing) => {
      const area = areaOf(drawing);
      return area && { area, level: levelFor(area, conditions.division, by), conditions };
    },
    [conditions, by],
  );
}

/** Milliseconds between two questions while one draws: 25 a second, so that an office behind one address may draw too. */
const liveEvery = 40;

/** Keeps asking what lies in the sketch while it is drawn, and tells it to those who watch the tools. */
export function useLiveCount(): void {
  const { client, tools } = useServices();
  const question = useQuestion();
  const sketch = useCell(tools.sketch);
  const latest = useMemo(
    () =>
      new Latest<Question, Counted>(
        (ask, signal) => countIn(client, ask, false, signal),
        (_, answer) => tools.live.set(answer),
        () => tools.live.set(null),
        liveEvery,
      ),
    [client, tools],
  );
  useEffect(() => () => latest.cancel(), [latest]);
  useEffect(() => {
    const ask = sketch && isWhole(sketch) ? question(sketch) : null;
    if (ask) latest.put(ask);
    else latest.cancel();
  }, [latest, sketch, question]);
}
