import { useMutation } from '@tanstack/react-query';
import { useNeighbours, useShapeReader } from '../../../api/areas';
import { useServices } from '../../../services';
import { areaOf } from '../../../state/area';
import type { Area } from '../../../state/registration';
import { Fault } from '../../Notice';
import { AreaSize } from '../AreaSize';
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
      <span className="field-hint">{value ? <AreaSize area={value} /> : t('area.none')}</span>
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
