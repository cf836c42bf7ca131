import type { OrganizationDetail } from '../../api/contract';
import { useOpenTask } from '../../api/tasks';
import { useServices } from '../../services';
import { formatRoute, idIn, useRoute } from '../../state/route';
import { Answer, Due, TaskFields } from './OpenTasks';
import { useWords } from './useWords';
import './tasks.css';

/** The task for which an organization was opened, with its answer: once all that it asks for is there, one press. */
export default function AskedHere({ organization }: { organization: OrganizationDetail }) {
  const { t } = useWords();
  const { places } = useServices();
  const { query } = useRoute();
  const task = useOpenTask(idIn(query.task), organization.id).data;
  if (!task) return null;
  const complete = task.known.length === task.fields.length;
  return (
    <section className="notice task asked-here" aria-label={t('here')}>
      <div className="line-what">
        <strong>{task.title}</strong> <Due due={task.due} />
        {task.note !== '' && <span className="task-note">{task.note}</span>}
        <TaskFields task={task} />
        {complete && (
          <span className="task-title" role="status">
            {t('complete')}
          </span>
        )}
        <a className="back-to-tasks" href={formatRoute({ page: 'tasks' })}>
          {t('back')}
        </a>
      </div>
      <Answer
        task={task}
        fills={query.tab !== 'edit'}
        onDone={() => places.go({ page: 'tasks' }, 'replace')}
      />
    </section>
  );
}
