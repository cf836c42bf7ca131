import { useId, useRef, useState } from 'react';
import { useDelayed } from '../../../../ui/useDelayed';
import { pathOf, useDivisionPath } from '../../../api/organizations';
import { useDivisionSearch } from '../../../api/registration';
import type { NamedDivision } from '../../../state/registration';
import { useWords } from '../useWords';

interface DivisionFieldProps {
  value: NamedDivision | null;
  onChange: (division: NamedDivision) => void;
  error?: React.ReactNode;
}

/** The division that an organization stands in: that of its place, until another one is chosen by its name. */
export function DivisionField({ value, onChange, error }: DivisionFieldProps) {
  const { t } = useWords();
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLDivElement>(null);
  /** What was found stays while one of it has the focus; a press comes a moment after it was taken from the input. */
  const onBlur = () =>
    setTimeout(() => {
      if (!field.current?.contains(document.activeElement)) setText(null);
    }, 200);
  const query = useDelayed((text ?? '').trim(), 200);
  const found = useDivisionSearch(query);
  const path = useDivisionPath(value?.code ?? null);
  const known = path.data ? pathOf(path.data) : '';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notes that the focus has left all of it
    <div className="field" ref={field} onBlur={onBlur}>
      <label htmlFor={id}>{t('field.division')}</label>
      <input
        id={id}
        className="input"
        role="combobox"
        aria-expanded={text !== null && text !== ''}
        aria-controls={`${id}-list`}
        autoComplete="off"
        placeholder={t('division.none')}
        value={text ?? (value ? known || value.name || value.code : '')}
        onFocus={() => setText('')}
        onChange={(event) => setText(event.target.value)}
      />
      {text !== null && text !== '' && (
        <ul id={`${id}-list`} className="place-hits">
          {(found.data ?? []).map((hit) => (
            <li key={hit.code}>
              <button
                type="button"
                className="found-one"
                onClick={() => {
                  onChange({ code: hit.code ?? '', name: hit.name });
                  setText(null);
                }}
              >
                <span>{hit.name}</span>
                <span className="quiet">
                  {hit.context} {hit.code}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {error && (
        <div className="field-hint warning" role="status">
          {error}
        </div>
      )}
    </div>
  );
}
