import { Button, Drawer } from 'antd';
import { exact, type Language } from '../../../format/number';
import { useBurden } from '../../api/tasks';
import { useLanguage, useServices } from '../../services';
import { may } from '../../state/may';
import { formatRoute, useRoute } from '../../state/route';
import { Fault } from '../Notice';
import { useKnown } from '../session';
import { Asked } from './Asked';
import { AskForm } from './AskForm';
import { OpenTasks } from './OpenTasks';
import { useWords } from './useWords';
import './tasks.css';

/** What one's organizations are asked for, what one asked others for, and how much of it there is. */
export default function Tasks() {
  const { t } = useWords();
  const { places } = useServices();
  const { item, query } = useRoute();
  const session = useKnown();
  const asks = may(session, 'task.ask');
  const asked = asks && query.list === 'asked';
  const close = () => places.go({ page: 'tasks', query }, 'replace');
  return (
    <div className="sheet-page tasks">
      <div className="listing-head">
        <h1>{t('title')}</h1>
        {asks && (
          <Button type="primary" onClick={() => places.go({ page: 'tasks', item: 'new', query })}>
            {t('ask.new')}
          </Button>
        )}
      </div>
      <p className="quiet">{t('intro')}</p>
      <Budget />
      {asks && (
        <nav className="tabs" aria-label={t('tabs')}>
          {(['open', 'asked'] as const).map((list) => (
            <a
              key={list}
              href={formatRoute({ page: 'tasks', query: list === 'asked' ? { list } : {} })}
              aria-current={(list === 'asked') === asked ? 'page' : undefined}
            >
              {t(`tab.${list}`)}
            </a>
          ))}
        </nav>
      )}
      {asked ? <Asked /> : <OpenTasks />}
      <Drawer
        title={t('ask.new')}
        open={asks && item === 'new'}
        onClose={close}
        size={520}
        destroyOnHidden
        rootClassName="drawer"
      >
        <AskForm onSent={() => places.go({ page: 'tasks', query: { list: 'asked' } }, 'replace')} />
      </Drawer>
    </div>
  );
}

function monthName(month: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${month}-01T00:00:00Z`));
}

/** How much of the month's budget the organization has used that is asked for most. */
function Budget() {
  const { t } = useWords();
  const language = useLanguage();
  const burden = useBurden();
  if (burden.isError) return <Fault error={burden.error} retry={() => void burden.refetch()} />;
  if (!burden.data) return null;
  const { month, asked, most, budget, answered, open } = burden.data;
  const title = monthName(month, language);
  return (
    <section className="block budget">
      <h2>{t('burden.title', { month: title })}</h2>
      {asked === 0 ? (
        <p>{t('burden.none')}</p>
      ) : (
        <>
          <div className="meters">
            <Meter label={t('burden.fields')} value={most.fields} limit={budget.fields} />
            <Meter
              label={t('burden.minutes')}
              value={Math.round(most.minutes * 10) / 10}
              limit={budget.minutes}
            />
          </div>
          <p>
            {t('burden.text', {
              count: asked,
              n: exact(asked, language),
              answered: exact(answered, language),
              open: exact(open, language),
            })}
          </p>
        </>
      )}
      <p className="quiet">{t('burden.rule', { fields: budget.fields, minutes: budget.minutes })}</p>
    </section>
  );
}

function Meter({ label, value, limit }: { label: string; value: number; limit: number }) {
  const { t } = useWords();
  const text = t('burden.of', { value, limit });
  return (
    <div className="meter">
      <span>{label}</span>
      <meter min={0} max={limit} high={limit * 0.8} value={value} aria-label={label}>
        {text}
      </meter>
      <strong>{text}</strong>
    </div>
  );
}
