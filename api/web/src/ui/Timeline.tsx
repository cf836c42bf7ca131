import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dayAt, daysBetween, plusDays, spanStart, writtenDay } from '../format/day';
import { useLanguage, useServices, useUrl } from '../services';
import { Cell, useCell } from '../state/cell';
import { type SpanName, spanNames } from '../state/url';
import { CloseIcon, PauseIcon, PlayIcon } from './icons';
import { CompareButton } from './OpenSwipe';

/** Milliseconds between two days while it plays, and at least between two while a hand drags. */
const playEvery = 700;
const dragEvery = 200;

/** Into how many steps a span is divided while it plays. */
const playSteps = 60;

const idle = new Cell(false);

/** The slider of days, at the foot of the map: everything shows as of the day that it stands on. */
export function Timeline({ span, alone }: { span: SpanName; alone: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { store, map } = useServices();
  const datetime = useUrl((state) => state.datetime);
  const end = useMemo(() => dayAt(new Date()), []);
  const start = spanStart(span, end);
  const days = daysBetween(start, end);
  const shown = Math.min(Math.max(daysBetween(start, datetime ?? end), 0), days);
  const [dragged, drag] = useDragged(shown, (value) => go(value));
  const go = (value: number) =>
    store.set({ datetime: value >= days ? null : plusDays(start, value) }, 'replace');
  const busy = useCell(useCell(map)?.busy ?? idle);
  const [playing, setPlaying] = useState(false);
  usePlay(playing, busy, () => {
    const next = shown + Math.max(1, Math.round(days / playSteps));
    go(next);
    if (next >= days) setPlaying(false);
  });
  const play = () => {
    if (!playing && shown >= days) go(0);
    setPlaying(!playing);
  };
  // A day that lies before or after the span has its place at an end, but keeps its name.
  const day = dragged === shown && datetime !== null ? datetime : plusDays(start, dragged);
  return (
    <section
      className={alone ? 'timeline alone' : 'timeline'}
      aria-label={t('timeline.label')}
      data-playing={playing}
    >
      <button
        type="button"
        className="icon-button"
        aria-label={t(playing ? 'timeline.pause' : 'timeline.play')}
        title={t(playing ? 'timeline.pause' : 'timeline.play')}
        onClick={play}
      >
        {playing ? <PauseIcon /> : <PlayIcon />}
      </button>
      <input
        type="range"
        min={0}
        max={days}
        value={dragged}
        aria-label={t('timeline.day')}
        aria-valuetext={writtenDay(day, language)}
        onChange={(event) => {
          setPlaying(false);
          drag(Number(event.target.value));
        }}
      />
      <output className="number" data-day={day}>
        {writtenDay(day, language)}
      </output>
      <select
        aria-label={t('timeline.span')}
        value={span}
        onChange={(event) => store.set({ timeline: event.target.value as SpanName }, 'replace')}
      >
        {spanNames.map((name) => (
          <option key={name} value={name}>
            {t(`timeline.${name}`)}
          </option>
        ))}
      </select>
      <CompareButton />
      <button
        type="button"
        className="icon-button"
        aria-label={t('timeline.close')}
        title={t('timeline.close')}
        onClick={() => store.set({ timeline: null })}
      >
        <CloseIcon />
      </button>
    </section>
  );
}

/** A value that follows the hand at once, and tells of it a few times a second; it follows what it is given otherwise. */
function useDragged(given: number, tell: (value: number) => void): [number, (value: number) => void] {
  const [own, setOwn] = useState<number | null>(null);
  const told = useRef(0);
  const latest = useEffectEvent(tell);
  useEffect(() => {
    if (own === null) return;
    const wait = Math.max(0, told.current + dragEvery - performance.now());
    const timer = setTimeout(() => {
      told.current = performance.now();
      latest(own);
      setOwn(null);
    }, wait);
    return () => clearTimeout(timer);
  }, [own]);
  return [own ?? given, setOwn];
}

/** Calls back again and again while it plays, but not before the map has drawn what came before. */
function usePlay(playing: boolean, busy: boolean, step: () => void): void {
  const latest = useEffectEvent(step);
  useEffect(() => {
    if (!playing || busy) return;
    const timer = setInterval(() => latest(), playEvery);
    return () => clearInterval(timer);
  }, [playing, busy]);
}
