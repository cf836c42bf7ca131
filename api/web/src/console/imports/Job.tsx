import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { exact } from '../../format/number';
import { goesOn, type Import, useImport, useImportActions, useKept } from '../api/imports';
import { when } from '../format/when';
import { Fault, Rows } from '../office/Notice';
import { useLanguage, useServices } from '../services';
import { formatRoute, useRoute } from '../state/route';
import { Sentence } from '../ui/Sentence';
import { Columns } from './Columns';
import { Faults } from './Faults';
import { Bar } from './Progress';
import { useImportTexts } from './texts';

const Preview = lazy(() => import('./Preview'));

/** One import: which step it is at is told by its state, on the server, so that it is the same after a reload. */
export function Job({ id }: { id: number }) {
  const { t } = useImportTexts();
  const job = useImport(id);
  const back = (
    <a className="import-back" href={formatRoute({ page: 'imports' })}>
      ‹ {t('back')}
    </a>
  );
  if (job.isPending) return <Rows count={6} />;
  // A look that failed takes nothing away of what the one before has shown.
  return (
    <div className="listing imports">
      {back}
      {job.isError && <Fault error={job.error} retry={() => void job.refetch()} />}
      {job.data && (
        <>
          <Head job={job.data} />
          <Steps job={job.data} />
          <Step job={job.data} />
        </>
      )}
    </div>
  );
}

function Head({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const { places } = useServices();
  const { remove } = useImportActions(job.id);
  const forget = () =>
    remove.mutate(undefined, { onSuccess: () => places.go({ page: 'imports' }, 'replace') });
  return (
    <div className="listing-head">
      <div>
        <h1>{job.file_name}</h1>
        <p className="quiet">{t('by', { author: job.author, time: when(job.created_at, language) })}</p>
      </div>
      {!goesOn(job) && job.state !== 'paused' && (
        <Button title={t('removeHint')} loading={remove.isPending} onClick={forget}>
          {t('remove')}
        </Button>
      )}
      {remove.isError && <Fault error={remove.error} />}
    </div>
  );
}

const steps = ['file', 'check', 'write', 'end'] as const;

function stepOf({ state }: Import): number {
  if (state === 'uploaded' || state === 'mapped') return 0;
  if (state === 'checking' || state === 'checked') return 1;
  return state === 'running' || state === 'paused' || state === 'failed' ? 2 : 3;
}

function Steps({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const at = stepOf(job);
  return (
    <ol className="import-steps" aria-label={t('step.label')}>
      {steps.map((name, i) => (
        <li key={name} aria-current={i === at ? 'step' : undefined} data-done={i < at || undefined}>
          {t(`step.${name}`)}
        </li>
      ))}
    </ol>
  );
}

function Step({ job }: { job: Import }) {
  const { query } = useRoute();
  const { state } = job;
  if (state === 'uploaded' || state === 'mapped' || (state === 'checked' && query.edit === '1')) {
    return <Columns job={job} />;
  }
  if (state === 'checking') return <Checking job={job} />;
  if (state === 'checked') return <Checked job={job} />;
  return <Written job={job} />;
}

function Checking({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const { phase, done, total } = job.progress;
  const comparing = phase === 'comparing';
  return (
    <>
      <Bar
        label={comparing ? t('comparing') : t('reading', { done: exact(done, language) })}
        part={comparing || total === 0 ? null : done / total}
      />
      <p className="quiet">{t('leave')}</p>
    </>
  );
}

/** What the check says of changes that are easily not meant: each is told when there is any. */
const noted = ['by_name', 'moved', 'emptied'] as const;

type Count = Exclude<keyof Import['counts'], (typeof noted)[number]>;

function Notes({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const there = noted.filter((name) => job.counts[name] > 0);
  if (there.length === 0) return null;
  return (
    <ul className="notice import-notes">
      {there.map((name) => (
        <li key={name} data-name={name}>
          {t(`note.${name}`, { figure: exact(job.counts[name], language) })}
        </li>
      ))}
    </ul>
  );
}

function Figures({ job, names }: { job: Import; names: readonly Count[] }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  return (
    <dl className="import-figures">
      {names.map((name) => (
        <div
          key={name}
          data-name={name}
          data-alarm={name === 'refused' && job.counts[name] > 0 ? true : undefined}
        >
          <dt>{t(`result.${name}`)}</dt>
          <dd>{exact(job.counts[name], language)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Checked({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const { places } = useServices();
  const { act } = useImportActions(job.id);
  const { refused, warned } = job.counts;
  const writes = job.counts.new + job.counts.changed;
  return (
    <>
      <Figures
        job={job}
        names={[
          'rows',
          'new',
          'changed',
          'unchanged',
          'refused',
          ...(warned > 0 ? (['warned'] as const) : []),
        ]}
      />
      <Notes job={job} />
      <div className="buttons">
        <Button
          type="primary"
          disabled={writes === 0}
          loading={act.isPending}
          onClick={() => act.mutate('run')}
        >
          {writes === 0 ? t('nothing') : t('run', { figure: exact(writes, language) })}
        </Button>
        <Button onClick={() => places.filter({ edit: '1' })}>{t('edit')}</Button>
        <Corrected job={job} />
      </div>
      {act.isError && <Fault error={act.error} />}
      {refused > 0 && <p className="quiet">{t('correctedHint')}</p>}
      <Found job={job} />
    </>
  );
}

/** What is wrong, and where the rows lie: what is chosen in the one is shown in the other. */
function Found({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const [row, setRow] = useState<number | null>(null);
  const { refused, warned } = job.counts;
  return (
    <div className="import-found">
      {refused + warned > 0 ? (
        <Faults job={job} chosen={row} choose={setRow} />
      ) : (
        <p className="notice">{t('good')}</p>
      )}
      <Suspense fallback={<Rows count={4} />}>
        <Preview job={job} row={row} />
      </Suspense>
    </div>
  );
}

/** The rows that were refused, as a file to be corrected. */
function Corrected({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  if (job.counts.refused === 0) return null;
  return (
    <Button href={`/api/imports/${job.id}/corrected.xlsx?lang=${language}`} download>
      {t('corrected')}
    </Button>
  );
}

function Written({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const { act } = useImportActions(job.id);
  const { done, total } = job.progress;
  const figures = { done: exact(done, language), total: exact(total, language) };
  const takenBack = job.state === 'undone' || job.state === 'partly-undone';
  return (
    <>
      {job.failure !== '' && (
        <p className="notice alarm" role="alert">
          {t(`state.${job.state}`)}: <span lang="en">{job.failure}</span>
        </p>
      )}
      {(job.state === 'running' || job.state === 'paused') && (
        <Bar
          label={total === 0 ? t('preparing') : t('writing', figures)}
          part={total === 0 ? null : done / total}
        />
      )}
      {job.state === 'undoing' && (
        <Bar
          label={total === 0 ? t('preparingUndo') : t('undoingNow', figures)}
          part={total === 0 ? null : done / total}
        />
      )}
      {goesOn(job) && <p className="quiet">{t('leave')}</p>}
      {!goesOn(job) && job.state !== 'paused' && (
        <p className="import-state" role="status">
          {t(`state.${job.state}`)}
        </p>
      )}
      <Figures
        job={job}
        names={[
          'made',
          'altered',
          'unchanged',
          ...(job.counts.left > 0 ? (['left'] as const) : []),
          'refused',
          ...(job.counts.undone + job.counts.kept > 0 ? (['undone', 'kept'] as const) : []),
        ]}
      />
      <div className="buttons">
        {job.state === 'running' && (
          <Button disabled={job.pausing} loading={act.isPending} onClick={() => act.mutate('pause')}>
            {t(job.pausing ? 'pausing' : 'pause')}
          </Button>
        )}
        {job.state === 'paused' && (
          <Button type="primary" loading={act.isPending} onClick={() => act.mutate('resume')}>
            {t('resume')}
          </Button>
        )}
        {job.state === 'failed' && (
          <Button type="primary" loading={act.isPending} onClick={() => act.mutate('check')}>
            {t('checkAgain')}
          </Button>
        )}
        {!goesOn(job) && <Corrected job={job} />}
        {(job.state === 'done' || takenBack) && (
          <Button href={formatRoute({ page: 'imports' })}>{t('another')}</Button>
        )}
        {job.undoable && <Undo label={t(takenBack ? 'undoAgain' : 'undo')} undo={() => act.mutate('undo')} />}
      </div>
      {act.isError && (
        <div className="notice alarm" role="alert">
          <Sentence error={act.error} />
        </div>
      )}
      {takenBack && job.counts.kept > 0 && <Kept job={job} />}
      {job.state === 'done' && job.counts.refused > 0 && <Found job={job} />}
    </>
  );
}

/** Undoing everything is itself not undone: it is asked for twice, in the same place. */
function Undo({ label, undo }: { label: string; undo: () => void }) {
  const { t } = useImportTexts();
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <Button danger onClick={() => setAsked(true)}>
        {label}
      </Button>
    );
  }
  return (
    <div className="import-sure" role="alertdialog" aria-label={label}>
      <span>{t('undoSure')}</span>
      <Button danger autoFocus onClick={undo}>
        {t('undoYes')}
      </Button>
      <Button onClick={() => setAsked(false)}>{t('console:cancel')}</Button>
    </div>
  );
}

function Kept({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const kept = useKept(job);
  return (
    <section>
      <p>{t('kept', { shown: exact(job.counts.kept, language) })}</p>
      <ul className="import-kept">
        {kept.data?.items.map(({ organization, reason }) => (
          <li key={organization.id}>
            {organization.name || organization.id} <span className="quiet">{t(`keptWhy.${reason}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
