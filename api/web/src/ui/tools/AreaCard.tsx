import { useMemo } from 'react';
import { useDivision } from '../../api/queries';
import { areaText } from '../../format/area';
import { exact } from '../../format/number';
import { divisionName } from '../../format/romanize';
import { distance } from '../../format/scale';
import { useLanguage, useServices, useUrl } from '../../services';
import { useCell } from '../../state/cell';
import { closeAside } from '../../state/tools';
import { isTooLong } from '../../state/url';
import { areaOf, measureArea } from '../../tools/area';
import { download } from '../../tools/csv';
import { type Drawing, formatDrawing, isWhole, withDistance } from '../../tools/drawing';
import { lineLength, segmentLengths } from '../../tools/geodesy';
import { CloseAside } from '../CloseAside';
import { CopyLink } from '../CopyLink';
import { useCountedOnly } from '../conditions/useWords';
import { Fact } from '../Fact';
import { TargetIcon } from '../icons';
import { Problem } from '../Problem';
import { Skeleton } from '../Skeleton';
import { Breakdown } from './Breakdown';
import { DistanceField } from './DistanceField';
import { fitTo } from './fitTo';
import { DownloadIcon, TrashIcon } from './icons';
import { OneDay } from './OneDay';
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
      {drawing?.what !== 'line' && <OneDay />}
      {!drawing && text !== null && <Broken />}
      {drawing?.what === 'line' && <Length drawing={drawing} />}
      {drawing && drawing.what !== 'line' && (sketch ? <Live /> : <Final drawing={drawing} />)}
      {drawing && drawing.what !== 'line' && isWhole(drawing) && <Sizes drawing={drawing} />}
      {drawing && isTooLong(text) && !sketch && <TooLong drawing={drawing} />}
      {drawing && !sketch && <Actions drawing={drawing} />}
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

/** Says that no link carries the area, and gives it as a file, which the tools read. */
function TooLong({ drawing }: { drawing: Drawing }) {
  const { t } = useTools();
  const save = () => {
    const geometry = areaOf(drawing);
    const feature = { type: 'Feature', properties: { name: t('area.label') }, geometry };
    download('jingwei-area.geojson', new Blob([JSON.stringify(feature)], { type: 'application/geo+json' }));
  };
  return (
    <>
      <p className="note">{t('area.tooLong')}</p>
      <button type="button" className="button" data-act="geojson" onClick={save}>
        <DownloadIcon /> {t('area.geojson')}
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

function Final({ drawing }: { drawing: Drawing }) {
  const { t } = useTools();
  const language = useLanguage();
  const { data, empty, error, isError, isPlaceholderData, refetch } = useFinal();
  const reach = drawing.what === 'corridor' ? <Reach drawing={drawing} /> : null;
  if (empty || isError || !data) {
    return (
      <>
        {reach}
        {empty && <p className="empty">{t('corridor.none')}</p>}
        {isError && <Problem error={error} retry={() => void refetch()} />}
        {!empty && !isError && <Skeleton rows={8} />}
      </>
    );
  }
  return (
    <>
      <Breakdown counted={data} fresh={!isPlaceholderData}>
        {reach}
      </Breakdown>
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

/** How far the corridor reaches; the number follows what is chosen. */
function Reach({ drawing }: { drawing: Drawing & { what: 'corridor' } }) {
  const { store, tools } = useServices();
  return (
    <DistanceField
      metres={drawing.distance}
      set={(metres, step) => {
        tools.distance.set(metres);
        const area = formatDrawing(withDistance(drawing, metres) ?? drawing);
        if (area !== null) store.set({ area }, step);
      }}
    />
  );
}

/** Which conditions narrow the numbers down. */
function Filtered() {
  const { t } = useTools();
  const language = useLanguage();
  const { store } = useServices();
  const only = useCountedOnly();
  const kinds = useUrl((state) => state.kinds);
  const day = useUrl((state) => state.datetime);
  const code = useUrl((state) => state.division);
  const division = useDivision(code).data;
  const what = [
    ...(only === '' ? [] : [only]),
    ...(division ? [divisionName(division, language)] : []),
    ...(day === null ? [] : [t('area.asOf', { day })]),
  ];
  if (what.length === 0) return null;
  return (
    <div className="area-filtered">
      <p className="quiet-text note">
        {t('area.filtered', { what: what.join(language === 'zh' ? '；' : '; ') })}
      </p>
      {kinds !== null && (
        <button
          type="button"
          className="button"
          data-act="all-kinds"
          onClick={() => store.set({ kinds: null })}
        >
          {t('area.allKinds')}
        </button>
      )}
      {code !== null && (
        <button
          type="button"
          className="button"
          data-act="all-divisions"
          onClick={() => store.set({ division: null })}
        >
          {t('area.allDivisions')}
        </button>
      )}
    </div>
  );
}

function Sizes({ drawing }: { drawing: Drawing }) {
  const { t } = useTools();
  const language = useLanguage();
  const measured = useMemo(() => {
    const area = areaOf(drawing);
    return area && measureArea(area);
  }, [drawing]);
  if (!measured) return null;
  const { area, perimeter } = measured;
  const { unit, value } = areaText(area, language);
  return (
    <dl className="facts sizes">
      <Fact name={t('area.size')}>
        <span className="number" data-square-metres={area}>
          {t(`area.${unit}`, { value })}
        </span>
      </Fact>
      {drawing.what === 'corridor' ? (
        <Fact name={t('corridor.length')}>
          <span className="number">{distance(lineLength(drawing.points), language)}</span>
        </Fact>
      ) : (
        <Fact name={t('area.perimeter')}>
          <span className="number">{distance(perimeter, language)}</span>
        </Fact>
      )}
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
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => fitTo(map.get(), drawing)}>
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
