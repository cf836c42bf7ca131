import { Drawer } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import type { Action } from '../api/contract';
import { useTexts } from '../services';
import { DownIcon } from './icons';
import { type Chosen, OrganizationFinder } from './OrganizationFinder';

interface OrganizationFieldProps {
  label: string;
  action: Action;
  /** null: none in particular; undefined: none was chosen yet. */
  value: Chosen | null | undefined;
  onChange: (organization: Chosen | null) => void;
  /** What no organization stands for, when that may be chosen. */
  all?: string | undefined;
  error?: ReactNode;
}

/** The input for an organization: a button with its name, which opens the tree beside the form. */
export function OrganizationField({ label, action, value, onChange, all, error }: OrganizationFieldProps) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const id = useId();
  const unchosen = value === undefined || (value === null && all === undefined);
  return (
    <div className="field">
      <span id={`${id}-label`} className="field-label">
        {label}
      </span>
      <button
        type="button"
        id={id}
        className="input choice"
        aria-labelledby={`${id}-label ${id}`}
        aria-haspopup="dialog"
        aria-describedby={error ? `${id}-error` : undefined}
        onClick={() => setOpen(true)}
      >
        <span className={unchosen ? 'quiet' : ''}>
          {unchosen ? t('organization.choose') : (value?.name ?? all)}
        </span>
        <DownIcon />
      </button>
      {error && (
        <div id={`${id}-error`} className="field-error" role="alert">
          {error}
        </div>
      )}
      <Drawer
        title={label}
        open={open}
        onClose={() => setOpen(false)}
        size={420}
        destroyOnHidden
        rootClassName="drawer"
      >
        <OrganizationFinder
          action={action}
          chosen={value === undefined ? undefined : (value?.id ?? null)}
          all={all}
          choose={(organization) => {
            onChange(organization);
            setOpen(false);
          }}
        />
      </Drawer>
    </div>
  );
}
