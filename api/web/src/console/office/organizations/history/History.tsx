import { useState } from 'react';
import { useMayWith } from '../../../api/plans';
import type { TabProps } from '../tabs';
import { Merge } from './Merge';
import { Move } from './Move';
import { Rename } from './Rename';
import { Retire } from './Retire';
import { Split } from './Split';
import { Succession } from './Succession';
import { Timeline } from './Timeline';
import { useHistoryWords } from './useHistoryWords';
import './history.css';

const dialogs = { rename: Rename, move: Move, merge: Merge, split: Split, retire: Retire } as const;
type Name = keyof typeof dialogs;

/** What became of an organization, and what one can make of it. */
export default function History({ organization }: TabProps) {
  const writes = useMayWith(organization.id, 'organization.write');
  return (
    <div className="history blocks">
      {writes && <Actions organization={organization} />}
      <Succession id={organization.id} />
      <Timeline
        id={organization.id}
        name={organization.name}
        version={organization.version}
        writes={writes}
        retired={false}
      />
    </div>
  );
}

function Actions({ organization }: TabProps) {
  const { t } = useHistoryWords();
  const [open, setOpen] = useState<Name | null>(null);
  const Dialog = open && dialogs[open];
  return (
    // biome-ignore lint/a11y/useSemanticElements: these are no fields of a form
    <div className="history-actions" role="group" aria-label={t('actions.label')}>
      {(Object.keys(dialogs) as Name[]).map((name) => (
        <button
          key={name}
          type="button"
          className="button"
          aria-haspopup="dialog"
          onClick={() => setOpen(name)}
        >
          {t(`actions.${name}`)}
        </button>
      ))}
      {Dialog && <Dialog organization={organization} onClose={() => setOpen(null)} turnTo={setOpen} />}
    </div>
  );
}

/** What every one of the dialogs is given. */
export interface DialogProps extends TabProps {
  onClose: () => void;
  /** Opens another dialog in the place of this one. */
  turnTo: (dialog: Name) => void;
}
