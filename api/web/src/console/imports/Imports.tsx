import { Button } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import { exact } from '../../format/number';
import { csv, download } from '../../tools/csv';
import { Refusal } from '../api/client';
import { type Import, sendFile, useImports } from '../api/imports';
import { when } from '../format/when';
import { Fault, Nothing, Rows } from '../office/Notice';
import { Tag } from '../office/Tag';
import { useLanguage, useServices } from '../services';
import { formatRoute, idIn, useRoute } from '../state/route';
import { Sentence } from '../ui/Sentence';
import { Job } from './Job';
import { templates, unreadOf } from './mapping';
import { Bar } from './Progress';
import { useImportTexts } from './texts';
import '../office/organizations/placeMap.css';
import '../style/imports.css';

/** Organizations from spreadsheets: a file is dropped, checked, written, and undone if need be. */
export default function Imports() {
  const { item } = useRoute();
  const id = idIn(item);
  return id === null ? <Start /> : <Job key={id} id={id} />;
}

function Start() {
  const { t } = useImportTexts();
  return (
    <div className="listing imports">
      <div className="listing-head">
        <h1>{t('title')}</h1>
      </div>
      <p className="quiet">{t('intro')}</p>
      <Drop />
      <Earlier />
    </div>
  );
}

/** Where a file goes in: by hand, by pointer, or by keys. */
function Drop() {
  const { t } = useImportTexts();
  const { places, proof } = useServices();
  const language = useLanguage();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const take = async (file: File | undefined) => {
    if (!file) return;
    setError(null);
    setSent(0);
    try {
      const job = await sendFile(file, proof.get(), setSent);
      places.go({ page: 'imports', item: String(job.id) });
    } catch (wrong) {
      setError(wrong);
    }
    setSent(null);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same */}
      <div
        className={over ? 'import-drop over' : 'import-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {sent === null ? (
          <>
            <p>
              {t('drop')}{' '}
              <Button type="primary" onClick={() => input.current?.click()}>
                {t('choose')}
              </Button>
            </p>
            <p className="quiet">{t('formats')}</p>
            <Button type="link" onClick={() => download(t('templateName'), csv([templates[language]]))}>
              {t('template')}
            </Button>
          </>
        ) : (
          <Bar label={t('sending', { percent: Math.round(sent * 100) })} part={sent} />
        )}
        <input
          ref={input}
          type="file"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={t('choose')}
          accept=".xlsx,.csv,.txt,.tsv,text/csv"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
      </div>
      {error !== null && (
        <div className="notice alarm" role="alert">
          <Unread error={error} />
        </div>
      )}
    </>
  );
}

/** Why a file did not come in, and what to do; beside it the server's own words, which are English. */
function Unread({ error }: { error: unknown }) {
  const { t } = useImportTexts();
  const why = unreadOf(error);
  if (why === null || !(error instanceof Refusal)) return <Sentence error={error} />;
  return (
    <>
      {t(`unread.${why}`)}{' '}
      {why !== 'second' && (
        <span className="detail" lang="en">
          {error.problem?.detail}
        </span>
      )}
    </>
  );
}

function Earlier() {
  const { t } = useImportTexts();
  const imports = useImports();
  if (imports.isError) return <Fault error={imports.error} retry={() => void imports.refetch()} />;
  if (imports.isPending) return <Rows count={4} />;
  const items = imports.data.pages.flatMap((page) => page.items);
  return (
    <section aria-labelledby="earlier">
      <h2 id="earlier">{t('earlier')}</h2>
      {items.length === 0 && <Nothing text={t('none')} />}
      <ul className="import-list">
        {items.map((job) => (
          <li key={job.id}>
            <EarlierOne job={job} />
          </li>
        ))}
      </ul>
      {imports.hasNextPage && (
        <Button block loading={imports.isFetchingNextPage} onClick={() => void imports.fetchNextPage()}>
          {t('console:more')}
        </Button>
      )}
    </section>
  );
}

function EarlierOne({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const { rows, made, altered, refused } = job.counts;
  const figures = [
    ['rows', rows],
    ['made', made],
    ['altered', altered],
    ['refused', refused],
  ] as const;
  return (
    <a href={formatRoute({ page: 'imports', item: String(job.id) })}>
      <span className="import-name">{job.file_name}</span>
      <Tag tone={job.state === 'failed' ? 'bad' : job.state === 'done' ? 'good' : 'plain'}>
        {t(`state.${job.state}`)}
      </Tag>
      <span className="quiet">
        {t('by', { author: job.author, time: when(job.created_at, language) })}
        {figures
          .filter(([, n]) => n > 0)
          .map(([name, n]) => ` · ${t(`result.${name}`)} ${exact(n, language)}`)
          .join('')}
      </span>
    </a>
  );
}
