import { exact } from '../../format/number';
import { distance } from '../../format/scale';
import { useLanguage, useServices } from '../../services';
import { useCell } from '../../state/cell';
import { lineLength } from '../../tools/geodesy';
import { useDrawing, useFinal } from './useCounted';
import { useTools } from './useTools';

/** The one line of a phone's sheet about what is drawn, or about areas from a file. */
export function AreaTitle() {
  const { t } = useTools();
  const language = useLanguage();
  const own = useCell(useServices().tools.own);
  const drawing = useDrawing();
  const { data, isError } = useFinal();
  if (own) return <>{t('own.label')}</>;
  if (!drawing || isError) return <>{t('area.label')}</>;
  if (drawing.what === 'line') {
    return (
      <>
        {t('area.line')} {distance(lineLength(drawing.points), language)}
      </>
    );
  }
  if (!data) return <>{t('area.counting')}</>;
  return <>{t('area.count', { count: data.total, total: exact(data.total, language) })}</>;
}
