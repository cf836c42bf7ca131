import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { areaText } from '../../format/area';
import { exact } from '../../format/number';
import { distance } from '../../format/scale';
import { extentOf } from '../../map/veil';
import { useLanguage, useServices, useUrl } from '../../services';
import { useCell } from '../../state/cell';
import { closeAside } from '../../state/tools';
import { longestArea } from '../../state/url';
import { type Drawing, isWhole } from '../../tools/drawing';
import { geodesicLine, lineLength, measureRing, ringOf, segmentLengths } from '../../tools/geodesy';
import { CloseAside } from '../CloseAside';
import { CopyLink } from '../CopyLink';
import { useCountedOnly } from '../conditions/useWords';
import { Fact } from '../Fact';
import { TargetIcon } from '../icons';
import { Problem } from '../Problem';
import { Skeleton } from '../Skeleton';
import { Breakdown } from './Breakdown';
import { TrashIcon } from './icons';
import { useDrawing, useFinal } from './useCounted';
import { useTools } from './useTools';
import '../../style/tools.css';

/** The card of what is drawn on the map: what lies in an area, or how long a line is; it follows the hand that draws. */
export function AreaCard() {
  const { t } = useTools();
  const { tools } = useServices();
  const sketch = useCell(tools.sketch);
  const text = useUrl((state) => state.area);
  const drawn = useDrawing();
  const drawing = sketch ?? drawn;
  return (
    <section
      className="card area-card"
      aria-label={t('area.label')}
      data-area={sketch ? 'sketch' : (drawing?.what ?? 'broken')}
    >
      <CloseAside />
      {!drawing && text !== null && <Broken />}
      {drawing?.what === 'line' && <Length drawing={drawing} />}
      {drawing && drawing.what !== 'line' && (sketch ? <Live /> : <Final />)}
      {drawing && drawing.what !== 'line' && isWhole(drawing) && <Sizes drawing={drawing} />}
      {drawing && !sketch && <Actions drawing={drawing} />}
      {text !== null && text.length > longestArea && !sketch && <p className="note">{t('area.tooLong')}</p>}
    </section>
  );
}

function Broken() {
  const { t } = useTools();
  const { store } = useServices();
  return (
    <>
      <p className="empty">{t('area.broken')}</p>
      <button type="button" className="button" onClick={() => store.set({ area: null }, 'replace')}>
        {t('area.drop')}
      </button>
    </>
  );
}

/** What the server said last of the area that is being drawn. */
function Live() {
  const { t } = useTools();
  const live = useCell(useServices().tools.live);
  if (!live) return <p className="quiet-text">{t('area.counting')}</p>;
  return <Breakdown counted={live} fresh={false} />;
}

function Final() {
  const { t } = useTools();
  const language = useLanguage();
  const { data, error, isError, isPlaceholderData, refetch } = useFinal();
  if (isError) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={8} />;
  return (
    <>
      <Breakdown counted={data} fresh={!isPlaceholderData} />
      <Filtered />
      {data.accuracy && data.accuracy.most > 0 && (
        <p className="quiet-text note">
          {t('area.accuracy', {
            mean: distance(Math.round(data.accuracy.mean), language),
            most: distance(data.accuracy.most, language),
          })}
        </p>
      )}
    </>
  );
}

/** Which conditions narrow the numbers down. */
function Filtered() {
  const { t } = useTools();
  const language = useLanguage();
  const only = useCountedOnly();
  const day = useUrl((state) => state.datetime);
  const { t: page } = useTranslation();
  const what = [...(only === '' ? [] : [only]), ...(day === null ? [] : [page('asOf.chip', { day })])];
  if (what.length === 0) return null;
  const list = new Intl.ListFormat(language === 'zh' ? 'zh-CN' : 'en', { type: 'unit', style: 'narrow' });
  return <p className="quiet-text note">{t('area.filtered', { what: list.format(what) })}</p>;
}

function Sizes({ drawing }: { drawing: Drawing }) {
  const { t } = useTools();
  const language = useLanguage();
  const { area, perimeter } = useMemo(() => measureRing(ringOf(drawing)), [drawing]);
  const { unit, value } = areaText(area, language);
  return (
    <dl className="facts sizes">
      <Fact name={t('area.size')}>
        <span className="number" data-square-metres={area}>
          {t(`area.${unit}`, { value })}
        </span>
      </Fact>
      <Fact name={t('area.perimeter')}>
        <span className="number">{distance(perimeter, language)}</span>
      </Fact>
      {drawing.what === 'circle' && (
        <Fact name={t('area.radius')}>
          <span className="number">{distance(drawing.radius, language)}</span>
        </Fact>
      )}
    </dl>
  );
}

function Length({ drawing }: { drawing: Drawing & { what: 'line' } }) {
  const { t } = useTools();
  const language = useLanguage();
  const lengths = useMemo(() => segmentLengths(drawing.points), [drawing]);
  const total = lineLength(drawing.points);
  return (
    <>
      <h2>{t('area.line')}</h2>
      <p className="area-total number" data-metres={total}>
        {distance(total, language)}
      </p>
      {lengths.length > 1 && (
        <ol className="area-list">
          {lengths.map((length, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a part of a line is its number
            <li key={i} className="row still">
              <span className="row-label">{t('measure.segment', { n: exact(i + 1, language) })}</span>
              <span className="number">{distance(length, language)}</span>
            </li>
          ))}
        </ol>
      )}
      <p className="quiet-text note">{t('measure.geodesic')}</p>
    </>
  );
}

function Actions({ drawing }: { drawing: Drawing }) {
  const { t } = useTools();
  const { map, store, tools } = useServices();
  const zoom = () => {
    const ring = drawing.what === 'line' ? geodesicLine(drawing.points) : ringOf(drawing);
    const box = extentOf({ type: 'Polygon', coordinates: [ring.map((at) => [...at])] });
    if (box) map.get()?.fit(box);
  };
  return (
    <div className="actions">
      <button type="button" className="button" onClick={zoom}>
        <TargetIcon /> {t('area.zoom')}
      </button>
      <CopyLink />
      <button
        type="button"
        className="button"
        data-act="remove"
        title="Delete"
        onClick={() => closeAside(store, tools)}
      >
        <TrashIcon /> {t('area.remove')}
      </button>
    </div>
  );
}
