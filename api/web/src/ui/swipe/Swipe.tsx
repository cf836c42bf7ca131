import { useCallback, useMemo, useRef, useState } from 'react';
import { useConditions, useCounts } from '../../api/queries';
import type { Insets, MapController } from '../../map/controller';
import { ServicesProvider, useServices } from '../../services';
import { Cell } from '../../state/cell';
import { DayStore } from '../../state/dayStore';
import type { Swipe as SwipeState } from '../../state/url';
import { useSight } from '../useInView';
import { useSize } from '../useSize';
import { Divider } from './Divider';
import { SecondMap } from './SecondMap';
import { Side } from './Side';
import '../../style/swipe.css';

interface Props {
  controller: MapController;
  insets: Insets;
  swipe: SwipeState;
}

/** The day of the page on the left of a divider, and a second one on the right of it: two maps that move as one. */
export function Swipe({ controller, insets, swipe }: Props) {
  const page = useServices();
  const second = useMemo(
    () => ({
      ...page,
      store: new DayStore(page.store),
      map: new Cell<MapController | null>(null),
      missing: new Cell<string | null>(null),
    }),
    [page],
  );
  const [dragged, drag] = useState<number | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const free = Math.max(0, width - insets.left - insets.right);
  const x = insets.left + (free * (dragged ?? swipe.at)) / 100;
  const edge = useRef(x);
  edge.current = x;
  const covers = useCallback((at: number) => at >= edge.current, []);
  const left = useNumber();
  const move = (at: number, done: boolean) => {
    drag(done ? null : at);
    if (done) page.store.set({ swipe: { ...swipe, at: Math.round(at) } }, 'replace');
  };
  const middle = (insets.top + height - insets.bottom) / 2;
  return (
    <div className="swipe" ref={frame} data-swipe={dragged ?? swipe.at}>
      {width > 0 && (
        <>
          <ServicesProvider value={second}>
            <div className="second-map" inert style={{ clipPath: `inset(0 0 0 ${x}px)` }}>
              <SecondMap
                key={attempt}
                first={controller}
                insets={insets}
                covers={covers}
                onFail={setFailed}
              />
            </div>
          </ServicesProvider>
          <Divider
            at={dragged ?? swipe.at}
            x={x}
            handle={middle}
            toPercent={(clientX) => (100 * (clientX - insets.left)) / Math.max(1, free)}
            frame={frame}
            onMove={move}
          />
          <div className="swipe-sides" style={{ insetInlineStart: sidesAt(x, insets, width) }}>
            <Side side="left" counted={left} />
            <ServicesProvider value={second}>
              <Right
                than={left.count}
                failed={failed !== null}
                retry={() => {
                  setFailed(null);
                  setAttempt(attempt + 1);
                }}
              />
            </ServicesProvider>
          </div>
        </>
      )}
    </div>
  );
}

function Right(props: { than: number | undefined; failed: boolean; retry: () => void }) {
  return <Side side="right" counted={useNumber()} {...props} />;
}

/** Pixels that the sign of a side takes beside the divider; a phone's signs are narrower. */
const signWidth = { wide: 210, narrow: 186 } as const;

/** Where the signs of the sides meet: at the divider, but so that both stay in sight. */
function sidesAt(x: number, { left, right }: Insets, width: number): number {
  const sign = width < 720 ? signWidth.narrow : signWidth.wide;
  const most = width - right - sign;
  const least = left + sign;
  return most < least ? (left + width - right) / 2 : Math.min(most, Math.max(least, x));
}

/** Organizations in view on the day of the services above, with the filter of the page. */
function useNumber(): { count: number | undefined; fresh: boolean } {
  const sight = useSight();
  const conditions = useConditions();
  const answer = useCounts({ ...conditions, box: sight?.box ?? null }, sight !== null);
  return { count: answer.data?.total, fresh: answer.data !== undefined && !answer.isPlaceholderData };
}
