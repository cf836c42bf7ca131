import { Button } from 'antd';
import type { Verification } from '../../api/contract';
import { useWrite } from '../../api/useWrite';
import { useVerificationActions } from '../../api/verification';
import { when } from '../../format/when';
import { useLanguage } from '../../services';
import { may } from '../../state/may';
import { formatRoute } from '../../state/route';
import { Sentence } from '../../ui/Sentence';
import { useKnown } from '../session';
import { Tag } from '../Tag';
import { useWords } from './useWords';

/** What the technical check holds against a location, and how to put it right. */
export function Findings({ verification }: { verification: Verification }) {
  const { t } = useWords();
  const language = useLanguage();
  const { recheck } = useVerificationActions();
  const again = useWrite({ mutationFn: () => recheck(verification.id) });
  const session = useKnown();
  const { findings, checked_at, id } = verification;
  // What is said of the accuracy is put right beside the map, the rest where the location is.
  const mends =
    may(session, 'organization.write') && findings.some(({ code }) => code !== 'accuracy-unknown');
  return (
    <section className="block findings">
      <h3>{t('findings.title')}</h3>
      {findings.length > 0 && (
        <ul>
          {findings.map(({ code, contradicts }) => (
            <li key={code}>
              <span className="finding-name">
                {t(`finding.${code}`)}{' '}
                <Tag tone={contradicts ? 'bad' : 'warn'}>
                  {t(contradicts ? 'findings.contradicts' : 'findings.imprecise')}
                </Tag>
              </span>
              <span className="quiet">{t(`findingText.${code}`)}</span>
            </li>
          ))}
        </ul>
      )}
      {findings.length === 0 && <p>{t(checked_at === null ? 'findings.never' : 'findings.none')}</p>}
      {again.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={again.error} />
        </p>
      )}
      <div className="findings-foot">
        {checked_at !== null && (
          <span className="quiet">{t('findings.at', { when: when(checked_at, language) })}</span>
        )}
        {mends && (
          <a
            className="button"
            href={formatRoute({ page: 'organizations', item: String(id), query: { tab: 'edit' } })}
          >
            {t('findings.mend')}
          </a>
        )}
        {verification.may_recheck && verification.state !== 'reported' && (
          <Button loading={again.isPending} onClick={() => again.mutate()}>
            {t('findings.again')}
          </Button>
        )}
      </div>
    </section>
  );
}
