import { useId, useState } from 'react';
import { distance } from '../../format/scale';
import { useLanguage } from '../../services';
import type { Step } from '../../state/store';
import { isDistance } from '../../tools/drawing';
import { useTools } from './useTools';

/** Metres that one press chooses. */
const presets = [500, 1000, 3000, 5000] as const;

const units = { m: 1, km: 1000 } as const;
type Unit = keyof typeof units;

/** A number as somebody types it in metres; null for what is none, or no distance of a corridor. */
function metresOf(text: string, unit: Unit): number | null {
  const metres = text.trim() === '' ? Number.NaN : Math.round(Number(text) * units[unit]);
  return isDistance(metres) ? metres : null;
}

interface Props {
  metres: number;
  /** A press is a step that Back undoes; what is typed is not, letter by letter. */
  set: (metres: number, step: Step) => void;
}

/** Chooses how far a corridor reaches from its line: by a press, or typed in metres or kilometres. */
export function DistanceField({ metres, set }: Props) {
  const { t } = useTools();
  const language = useLanguage();
  const id = useId();
  const [unit, setUnit] = useState<Unit>(metres < 1000 ? 'm' : 'km');
  /** What is typed, while it is; what is no distance stays so that it can be mended. */
  const [draft, setDraft] = useState<string | null>(null);
  const wrong = draft !== null && metresOf(draft, unit) === null;
  const type = (text: string, as: Unit) => {
    setDraft(text);
    const typed = metresOf(text, as);
    if (typed !== null && typed !== metres) set(typed, 'replace');
  };
  const press = (preset: number) => {
    setDraft(null);
    setUnit(preset < 1000 ? 'm' : 'km');
    if (preset !== metres) set(preset, 'push');
  };
  return (
    <fieldset className="distance-field" aria-label={t('corridor.distance')} data-distance={metres}>
      <div className="distance-typed">
        <span className="quiet-text">{t('corridor.distance')}</span>
        <input
          type="text"
          inputMode="decimal"
          autoComplete="off"
          aria-label={t('corridor.distance')}
          aria-invalid={wrong}
          aria-describedby={wrong ? id : undefined}
          value={draft ?? String(metres / units[unit])}
          onChange={(event) => type(event.target.value, unit)}
          onBlur={() => !wrong && setDraft(null)}
        />
        <select
          aria-label={t('corridor.unit')}
          value={unit}
          onChange={(event) => {
            const chosen = event.target.value as Unit;
            setUnit(chosen);
            if (draft !== null) type(draft, chosen);
          }}
        >
          <option value="m">{t('corridor.m')}</option>
          <option value="km">{t('corridor.km')}</option>
        </select>
      </div>
      <div className="distance-presets">
        {presets.map((preset) => (
          <button
            key={preset}
            type="button"
            className="button"
            aria-pressed={preset === metres}
            data-preset={preset}
            onClick={() => press(preset)}
          >
            {distance(preset, language)}
          </button>
        ))}
      </div>
      {wrong && (
        <p id={id} className="fault-text" role="alert">
          {t('corridor.wrong')}
        </p>
      )}
    </fieldset>
  );
}
