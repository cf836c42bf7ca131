import { useMutation } from '@tanstack/react-query';
import { measureRing } from '../../../../tools/geodesy';
import { useNeighbours, useShapeReader } from '../../../api/areas';
import { useServices } from '../../../services';
import { areaOf } from '../../../state/area';
import type { Area } from '../../../state/registration';
import { Fault } from '../../Notice';
import { useWords } from '../useWords';

/** What draws an area; null while nothing does. */
export interface AreaTool {
  done: (ring: [number, number][]) => void;
  cancel: () => void;
}

interface AreaFieldProps {
  value: Area | null;
  /** The division whose outline can be taken. */
  division: string | null;
  tool: AreaTool | null;
  setTool: (tool: AreaTool | null) => void;
  onChange: (area: Area | null) => void;
}

/** The area that an organization looks after: drawn on the map, or that of its division. */
export function AreaField({ value, division, tool, setTool, onChange }: AreaFieldProps) {
  const { t } = useWords();
  const { undoing } = useServices();
  const readShape = useShapeReader();
  const readNeighbours = useNeighbours();
  const take = useMutation({
    mutationFn: () => readShape(division ?? ''),
    onSuccess: (shape) => onChange(shape),
  });
  const draw = () =>
    setTool({
      cancel: () => setTool(null),
      done: (ring) => {
        setTool(null);
        // Without its neighbours an area is still one.
        void readNeighbours(ring, division)
          .catch(() => [])
          .then((neighbours) => onChange(areaOf(ring, neighbours)));
      },
    });
  const clear = () => {
    onChange(null);
    undoing.offer(t('area.cleared'), async () => onChange(value));
  };
  return (
    <div className="field">
      <span className="field-label">{t('area.label')}</span>
      <span className="field-hint">{value ? <Size area={value} /> : t('area.none')}</span>
      <div className="buttons">
        <button
          type="button"
          className="button"
          aria-pressed={tool !== null}
          onClick={tool ? tool.cancel : draw}
        >
          {t(tool ? 'area.stop' : 'area.draw')}
        </button>
        <button
          type="button"
          className="button"
          disabled={division === null || take.isPending}
          onClick={() => take.mutate()}
        >
          {t('area.take')}
        </button>
        {value && (
          <button type="button" className="button" onClick={clear}>
            {t('area.clear')}
          </button>
        )}
      </div>
      {take.isError && <Fault error={take.error} />}
    </div>
  );
}

function Size({ area }: { area: Area }) {
  const { t } = useWords();
  const rings = area.coordinates as number[][][][];
  const corners = rings.flat().reduce((sum, ring) => sum + ring.length - 1, 0);
  const metres = rings.reduce(
    (sum, polygon) =>
      sum + polygon.reduce((part, ring, i) => part + (i === 0 ? 1 : -1) * measureRing(ring).area, 0),
    0,
  );
  return <>{t('area.size', { km2: (metres / 1e6).toFixed(metres < 1e6 ? 3 : 1), corners })}</>;
}
