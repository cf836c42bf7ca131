import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { exact } from '../../../format/number';
import { type LocationFilter, useLocationCounts, useVerificationActions } from '../../api/verification';
import { useLanguage } from '../../services';
import { may } from '../../state/may';
import { Underway } from '../../state/underway';
import { Sentence } from '../../ui/Sentence';
import { useKnown } from '../session';
import { useWords } from './useWords';

/** Locations that an import left without a technical check, and a button that makes up for it. */
export function CheckRest({ filter }: { filter: LocationFilter }) {
  const { t } = useWords();
  const language = useLanguage();
  const session = useKnown();
  const { checkNext, allChanged } = useVerificationActions();
  const counts = useLocationCounts(filter);
  const [done, setDone] = useState<{ count: number; passed: number } | null>(null);
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const stopped = useRef(false);
  const [underway] = useState(() => new Underway<void>());
  // Nobody can stop what goes on behind a page that was left.
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );
  const run = async () => {
    stopped.current = false;
    setRunning(true);
    setFailure(null);
    const sum = { count: 0, passed: 0 };
    try {
      for (let cursor: string | null = null; !stopped.current; ) {
        const batch = await checkNext(cursor);
        sum.count += batch.checked;
        sum.passed += batch.passed;
        setDone({ ...sum });
        cursor = batch.next;
        if (cursor === null) break;
      }
    } catch (error) {
      setFailure(error);
    }
    setRunning(false);
    await allChanged();
  };
  const unchecked = counts.data?.unchecked ?? 0;
  const allowed = may(session, 'organization.write') || may(session, 'location.verify');
  if ((unchecked === 0 || counts.data?.capped) && done === null && failure === null) return null;
  const figures = done && { figure: exact(done.count, language), passed: exact(done.passed, language) };
  return (
    <div className="check-rest" role="status">
      <span>
        {figures
          ? t(running ? 'counts.checking' : 'counts.checked', figures)
          : t('counts.unchecked', { figure: exact(unchecked, language) })}
        {failure !== null && (
          <>
            {' '}
            <Sentence error={failure} />
          </>
        )}
      </span>
      {allowed && !running && unchecked > 0 && (
        <Button size="small" onClick={() => void underway.run('check', run)}>
          {t('counts.check')}
        </Button>
      )}
      {running && (
        <Button
          size="small"
          onClick={() => {
            stopped.current = true;
          }}
        >
          {t('counts.stop')}
        </Button>
      )}
    </div>
  );
}
