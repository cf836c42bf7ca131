import { useServices } from '../../services';
import { type Show, toggled } from '../../state/table';
import { useTableWords } from './table/useTableWords';

/** At a desk shows and hides the table and the map beside the tree; on a narrow screen one of the three is shown. */
export function ShowSwitch({ show, narrow }: { show: Show; narrow: boolean }) {
  const { t } = useTableWords();
  const { places } = useServices();
  const turnTo = (next: Show) => places.filter({ show: next === (narrow ? 'tree' : 'all') ? '' : next });
  return (
    <fieldset className="show-switch">
      <legend className="visually-hidden">{t('show.label')}</legend>
      {(narrow ? (['tree', 'table', 'map'] as const) : (['table', 'map'] as const)).map((part) => (
        <button
          key={part}
          type="button"
          aria-pressed={show === part || (show === 'all' && part !== 'tree')}
          onClick={() => turnTo(narrow || part === 'tree' ? part : toggled(show, part))}
        >
          {t(`show.${part}`)}
        </button>
      ))}
    </fieldset>
  );
}
