import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUrl } from '../services';
import { inForce } from '../state/conditions';
import { PlusIcon } from './icons';

const load = () => import('./conditions');
const Chips = lazy(async () => ({ default: (await load()).Chips }));
const AddCondition = lazy(async () => ({ default: (await load()).AddCondition }));

/** The conditions in force in one row, and the way to add one. */
export function Conditions() {
  const { t } = useTranslation();
  const some = useUrl((state) => Object.keys(inForce(state)).length > 0);
  const [adding, setAdding] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const used = useRef(false);
  used.current ||= some;
  const close = () => {
    setAdding(false);
    button.current?.focus();
  };
  return (
    <section className="conditions" aria-label={t('conditions.label')}>
      <div className="condition-row">
        <button
          ref={button}
          type="button"
          className="condition-add"
          aria-expanded={adding}
          onClick={() => setAdding(!adding)}
        >
          <PlusIcon /> {t('conditions.add')}
        </button>
        <Suspense>{used.current && <Chips />}</Suspense>
      </div>
      <Suspense fallback={<p className="hint">{t('list.loading')}</p>}>
        {adding && <AddCondition close={close} />}
      </Suspense>
    </section>
  );
}
