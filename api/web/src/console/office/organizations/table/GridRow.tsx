import { type MouseEvent, memo } from 'react';
import type { Language } from '../../../../format/number';
import { distance } from '../../../../format/scale';
import type { LocationState } from '../../../api/contract';
import type { Line } from '../../../state/table';
import { Tag } from '../../Tag';
import { StateMark } from '../../verification/StateMark';
import { DivisionName } from './DivisionName';
import type { useTableNames } from './useTableNames';

/** What rows are written with: asked for once, not by each of them. */
export interface RowWords {
  names: ReturnType<typeof useTableNames>;
  language: Language;
  /** Of an accuracy that is not known. */
  unknown: string;
}

interface GridRowProps {
  id: string;
  line: Line;
  /** Its number among all, from 0. */
  place: number;
  /** In pixels. */
  height: number;
  chosen: boolean;
  active: boolean;
  words: RowWords;
  onPress: (line: Line, place: number, part: 'check' | 'name' | 'row', event: MouseEvent) => void;
}

/** A press with Shift chooses rows, and no text. */
function keepText(event: MouseEvent): void {
  if (event.shiftKey) event.preventDefault();
}

/** An organization in the table; at a phone its cells stand in two lines. */
export const GridRow = memo(function GridRow({
  id,
  line,
  place,
  height,
  chosen,
  active,
  words,
  onPress,
}: GridRowProps) {
  const { names, language, unknown } = words;
  const known = line.location_accuracy_m > 0;
  const press = (event: MouseEvent) => {
    const part = (event.target as Element).closest<HTMLElement>('[data-part]')?.dataset.part;
    onPress(line, place, part === 'check' || part === 'name' ? part : 'row', event);
  };
  return (
    <tr
      id={id}
      className={`grid-line grid-row${active ? ' active' : ''}${chosen ? ' chosen' : ''}`}
      aria-rowindex={place + 2}
      aria-selected={chosen}
      data-id={line.id}
      style={{ insetBlockStart: place * height, blockSize: height }}
      onMouseDown={keepText}
      onClick={press}
    >
      <td className="row-check" aria-colindex={1} data-part="check">
        <span aria-hidden="true">{chosen ? '✓' : ''}</span>
      </td>
      <td className="cell-name" aria-colindex={2} title={line.name}>
        <span data-part="name">{line.name}</span>
      </td>
      <td className="cell-code" aria-colindex={3} title={line.code}>
        <span>{line.code}</span>
      </td>
      <td className="cell-kind" aria-colindex={4} title={names.kind(line.kind)}>
        <span>{names.kind(line.kind)}</span>
      </td>
      <td className="cell-level" aria-colindex={5} title={names.level(line.level)}>
        <span>{names.level(line.level)}</span>
      </td>
      <td className="cell-status" aria-colindex={6} data-status={line.status}>
        {line.status === 'active' ? (
          <span>{names.status(line.status)}</span>
        ) : (
          <Tag tone="warn">{names.status(line.status)}</Tag>
        )}
      </td>
      <td className="cell-division" aria-colindex={7}>
        <DivisionName code={line.division} />
      </td>
      <td className="cell-location_state" aria-colindex={8}>
        <StateMark state={line.location_state as LocationState} />
        <span>{names.state(line.location_state)}</span>
      </td>
      <td className="cell-location_accuracy_m number" aria-colindex={9}>
        {known ? (
          <span>±{distance(line.location_accuracy_m, language)}</span>
        ) : (
          <span className="quiet">{unknown}</span>
        )}
      </td>
    </tr>
  );
});
