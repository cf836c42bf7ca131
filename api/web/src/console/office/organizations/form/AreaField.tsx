import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { useNeighbours, useShapeReader } from '../../../api/areas';
import { useFinders } from '../../../api/registration';
import { useServices } from '../../../services';
import { areaOf, cornerLines, faultOf } from '../../../state/area';
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
  /** The system of numbers that do not say theirs; null for none. */
  system: string | null;
  tool: AreaTool | null;
  setTool: (tool: AreaTool | null) => void;
  onChange: (area: Area | null) => void;
  /** What is wrong with it. */
  error?: ReactNode;
}

/** The area that an organization looks after: drawn on the map, or that of its division. */
export function AreaField({ value, division, system, tool, setTool, onChange, error }: AreaFieldProps) {
  const { t } = useWords();
  const { undoing } = useServices();
  const readShape = useShapeReader();
  const readNeighbours = useNeighbours();
  const [typing, setTyping] = useState(false);
  const fault = useMemo(() => value && faultOf(value), [value]);
  const take = useMutation({
    mutationFn: () => readShape(division ?? ''),
    onSuccess: (shape) => onChange(shape),
  });
  const enclose = (ring: [number, number][]) => {
    // Without its neighbours an area is still one.
    void readNeighbours(ring, division)
      .catch(() => [])
      .then((neighbours) => onChange(areaOf(ring, neighbours)));
  };
  const draw = () =>
    setTool({
      cancel: () => setTool(null),
      done: (ring) => {
        setTool(null);
        enclose(ring);
      },
    });
  const clear = () => {
    onChange(null);
    undoing.offer(t('area.cleared'), async () => onChange(value));
  };
  return (
    <div className="field">
      <span className="field-label">{t('area.label')}</span>
      {!fault && <span className="field-hint">{value ? <AreaSize area={value} /> : t('area.none')}</span>}
      {fault && (
        <div className="field-error" role="alert">
          {fault.is === 'crosses' ? t('area.crosses', { ...fault }) : t('area.flat')}
        </div>
      )}
      <div className="buttons">
        <button
          type="button"
          className="button"
          aria-pressed={tool !== null}
          onClick={tool ? tool.cancel : draw}
        >
          {t(tool ? 'area.stop' : 'area.draw')}
        </button>
        <button type="button" className="button" aria-expanded={typing} onClick={() => setTyping(!typing)}>
          {t('area.corners')}
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
      {error && !fault && (
        <div className="field-error" role="alert">
          {error}
        </div>
      )}
      {typing && <Corners system={system} onRing={enclose} />}
    </div>
  );
}

/** A line that is no corner. */
class NoCorner extends Error {
  constructor(
    readonly line: string,
    readonly why: 'unread' | 'unsure',
  ) {
    super(`no corner: ${line}`);
  }
}

/** So many corners are read one by one. */
const mostCorners = 200;

/** Draws an area without a pointer: a text with a corner in each line, in any notation that the place is read in. */
function Corners({ system, onRing }: { system: string | null; onRing: (ring: [number, number][]) => void }) {
  const { t } = useWords();
  const id = useId();
  const { read } = useFinders();
  const [text, setText] = useState('');
  const lines = cornerLines(text);
  const take = useMutation({
    mutationFn: async () => {
      const ring: [number, number][] = [];
      for (const line of lines) {
        const reading = await read(line, system);
        if (reading.is !== 'coordinate')
          throw new NoCorner(line, reading.is === 'unsure' ? 'unsure' : 'unread');
        ring.push([reading.place.lng, reading.place.lat]);
      }
      return ring;
    },
    onSuccess: onRing,
  });
  const few = lines.length < 3 || lines.length > mostCorners;
  const { error } = take;
  return (
    <div className="corners">
      <label htmlFor={id} className="field-hint">
        {t('area.cornersHint', { most: mostCorners })}
      </label>
      <textarea
        id={id}
        className="input"
        rows={4}
        spellCheck={false}
        placeholder={t('area.cornersExample')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          take.reset();
        }}
      />
      <button
        type="button"
        className="button"
        disabled={few || take.isPending}
        aria-busy={take.isPending}
        onClick={() => take.mutate()}
      >
        {t('area.takeCorners', { n: lines.length })}
      </button>
      {error instanceof NoCorner ? (
        <p className="field-error" role="alert">
          {t(`area.${error.why}`, { line: error.line })}
        </p>
      ) : (
        error && <Fault error={error} />
      )}
    </div>
  );
}
