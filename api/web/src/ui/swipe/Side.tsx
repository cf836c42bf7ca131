import { useTranslation } from 'react-i18next';
import { useDay } from '../../api/queries';
import { dayAt, firstDay, isFuture } from '../../format/day';
import { exact } from '../../format/number';
import { useLanguage, useServices } from '../../services';
import { parseDay } from '../../state/url';
import { CloseIcon } from '../icons';
import { toggleSwipe } from '../OpenSwipe';
import { useTools } from '../tools/useTools';

interface Props {
  side: 'left' | 'right';
  counted: { count: number | undefined; fresh: boolean };
  /** The number of the other side, which this one is compared with. */
  than?: number | undefined;
  failed?: boolean;
  retry?: () => void;
}

/** The day of a side with its number in view. */
export function Side({ side, counted: { count, fresh }, than, failed, retry }: Props) {
  const { t } = useTranslation();
  const { t: tools } = useTools();
  const language = useLanguage();
  const { store } = useServices();
  const day = useDay();
  return (
    <section className="swipe-side" data-side={side} aria-label={t(`swipe.${side}`)}>
      <DayInput side={side} />
      {side === 'right' && (
        <button
          type="button"
          className="icon-button swipe-close"
          aria-label={t('swipe.close')}
          title={t('swipe.close')}
          onClick={() => toggleSwipe(store)}
        >
          <CloseIcon />
        </button>
      )}
      {failed ? (
        <p className="problem" role="alert">
          {t('swipe.failed')}
          <button type="button" className="button" onClick={retry}>
            {t('problem.retry')}
          </button>
        </p>
      ) : (
        <output
          className="number"
          data-day={day ?? 'today'}
          data-count={count}
          data-fresh={fresh}
          aria-busy={!fresh}
        >
          {count === undefined
            ? t('list.loading')
            : t('swipe.inView', { count, total: exact(count, language) })}
          {isFuture(day) && <span className="quiet-text"> {tools('said.futureShort')}</span>}
          {count !== undefined && than !== undefined && <Difference by={count - than} />}
        </output>
      )}
    </section>
  );
}

function Difference({ by }: { by: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const text = exact(Math.abs(by), language);
  const sign = by > 0 ? `+${text}` : by < 0 ? `−${text}` : '±0';
  const words =
    by === 0
      ? t('swipe.same')
      : t(by > 0 ? 'swipe.more' : 'swipe.less', { count: text as unknown as number });
  return (
    <span className="swipe-difference" data-difference={by}>
      <span aria-hidden="true">{sign}</span>
      <span className="visually-hidden"> {words}</span>
    </span>
  );
}

/** The field of a side's day. Today is no day of its own: it goes on. */
function DayInput({ side }: { side: Props['side'] }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const day = useDay();
  const today = dayAt(new Date());
  // A browser tells of every keystroke that makes a date: 0002 is on the way to 2020.
  const choose = (text: string) => {
    const chosen = parseDay(text);
    if (text === '' || chosen === today) store.set({ datetime: null });
    else if (chosen !== null && chosen >= firstDay) store.set({ datetime: chosen });
  };
  return (
    <input
      type="date"
      min={firstDay}
      key={day}
      defaultValue={day ?? today}
      aria-label={t(`swipe.${side}`)}
      title={t(`swipe.${side}`)}
      onChange={(event) => choose(event.target.value)}
    />
  );
}
