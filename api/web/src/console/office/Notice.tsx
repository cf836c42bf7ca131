import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../services';
import { Sentence } from '../ui/Sentence';

/** What went wrong, and a button that tries again when that may help. */
export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTexts();
  return (
    <Alert
      type="error"
      showIcon
      className="fault"
      title={<Sentence error={error} />}
      action={retry && <Button onClick={retry}>{t('problem.again')}</Button>}
    />
  );
}

/** What would be here, and the next step. */
export function Nothing({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="nothing">
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Grey lines where rows will be. */
export function Rows({ count }: { count: number }) {
  const { t } = useTexts();
  return (
    <>
      <span className="visually-hidden" role="status">
        {t('loading')}
      </span>
      <div className="skeleton" aria-hidden="true">
        {Array.from({ length: count }, (_, i) => i).map((row) => (
          <span key={row} className={['w60', 'w90', 'w75'][row % 3]} />
        ))}
      </div>
    </>
  );
}
