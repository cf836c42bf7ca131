import { exact } from '../../format/number';
import { distance } from '../../format/scale';
import type { Drawer } from '../../map/draw';
import { useLanguage, useServices } from '../../services';
import { useCell } from '../../state/cell';
import type { ToolName } from '../../state/tools';
import { isWhole, withDistance } from '../../tools/drawing';
import { lineLength } from '../../tools/geodesy';
import { DistanceField } from './DistanceField';
import { useTools } from './useTools';

/** How to draw with a tool, what there is so far, and buttons for those without keys. */
export function Hint({ tool, drawer }: { tool: ToolName; drawer: Drawer }) {
  const { t } = useTools();
  const clicks = tool === 'polygon' || tool === 'corridor' || tool === 'line';
  return (
    <div className="tools-hint" data-drawing={tool}>
      <SoFar />
      <p>{t(`hint.${tool}`)}</p>
      {tool === 'corridor' && <Reach />}
      {tool !== 'lasso' && <p className="quiet-text keys-hint">{t('hint.keys')}</p>}
      <div className="tools-actions">
        {clicks && (
          <>
            <button type="button" className="button" data-act="done" onClick={() => drawer.finish()}>
              {t('done')}
            </button>
            <button type="button" className="button" data-act="back" onClick={() => drawer.back()}>
              {t('back')}
            </button>
          </>
        )}
        <button type="button" className="button" data-act="cancel" onClick={() => drawer.cancel()}>
          {t('cancel')}
        </button>
      </div>
    </div>
  );
}

/** How far the corridor is to reach from the line that is being drawn. */
function Reach() {
  const { tools } = useServices();
  const distance = useCell(tools.distance);
  const set = (metres: number) => {
    tools.distance.set(metres);
    tools.sketch.set(withDistance(tools.sketch.get(), metres));
  };
  return <DistanceField metres={distance} set={set} />;
}

/** The number in the area, or the length of the line, as it is drawn. */
function SoFar() {
  const { t } = useTools();
  const language = useLanguage();
  const { tools } = useServices();
  const sketch = useCell(tools.sketch);
  const live = useCell(tools.live);
  if (!sketch || !isWhole(sketch)) return null;
  if (sketch.what === 'line') {
    const metres = lineLength(sketch.points);
    return (
      <output className="so-far number" data-metres={metres}>
        {distance(metres, language)}
      </output>
    );
  }
  return (
    <output className="so-far number" data-live={live?.total}>
      {live ? t('area.count', { count: live.total, total: exact(live.total, language) }) : t('area.counting')}
      {sketch.what === 'corridor' && ` · ${distance(sketch.distance, language)}`}
      {sketch.what === 'circle' && ` · ${t('area.radius')} ${distance(sketch.radius, language)}`}
    </output>
  );
}
