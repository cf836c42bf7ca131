import { lazy, type ReactNode, Suspense, useState } from 'react';
import { nothingPicked, type Picking } from '../../../state/table';
import { CloseIcon } from '../../icons';
import { Table } from './Table';
import { useOpen, useTableState } from './useTableState';
import { useTableWords } from './useTableWords';
import './table.css';

const ListMap = lazy(() => import('./ListMap'));

interface BrowseProps {
  /** Which of the two are shown. */
  parts: { table: boolean; map: boolean };
  /** The organization that is open, to be shown beside the table, where the map is otherwise; null for none. */
  panel: ReactNode | null;
}

/** The organizations below the one that is chosen in the tree, as a table and on a map: what is active in one is active in the other. */
export default function Browse({ parts, panel }: BrowseProps) {
  const { t } = useTableWords();
  const state = useTableState();
  const open = useOpen();
  const [picking, setPicking] = useState<Picking>(nothingPicked);
  const mapped = parts.map && (panel === null || !parts.table);
  const columns = Number(parts.table) + Number(mapped) + Number(panel !== null);
  return (
    <div className="browse" data-columns={columns}>
      {parts.table && <Table state={state} picking={picking} pick={setPicking} />}
      {mapped && (
        <Suspense fallback={<div className="list-map place-map" />}>
          <ListMap lines={state.lines} active={picking.active} pick={setPicking} />
        </Suspense>
      )}
      {panel !== null && (
        <div className="browse-panel">
          <button
            type="button"
            className="browse-close"
            aria-label={t('panel.close')}
            onClick={() => open(null)}
          >
            <CloseIcon />
          </button>
          {panel}
        </div>
      )}
    </div>
  );
}
