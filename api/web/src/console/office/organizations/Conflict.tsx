import { type ReactNode, useId, useState } from 'react';
import { when } from '../../format/when';
import { useLanguage } from '../../services';
import { type Choices, type Content, type ContentField, merged, mergeOf } from '../../state/contents';
import { Dialog } from '../Dialog';
import { Tag } from '../Tag';
import { useHistoryWords } from './history/useHistoryWords';
import { useLabel, useValue } from './useValue';
import './history/history.css';

interface ConflictProps {
  /** What both began with. */
  base: Content;
  mine: Content;
  theirs: Content;
  /** Who wrote theirs, and when. */
  author: string;
  recorded: string;
  /** Takes both put together; it is written over the version that theirs is. */
  onMerge: (content: Content) => void;
  onCancel: () => void;
  busy?: boolean;
}

/** Two people changed the same organization: what does not touch is put together, of the rest one chooses field by field. */
export function Conflict(props: ConflictProps) {
  const { base, mine, theirs, author, recorded, onMerge, onCancel, busy = false } = props;
  const { t } = useHistoryWords();
  const language = useLanguage();
  const [choices, setChoices] = useState<Choices>({});
  const { auto, both } = mergeOf(base, mine, theirs);
  const open = both.some((field) => choices[field] === undefined);
  return (
    <Dialog
      title={t('conflict.title')}
      open
      width={640}
      onCancel={onCancel}
      onOk={() => onMerge(merged(base, mine, theirs, choices))}
      okText={t('conflict.send')}
      okButtonProps={{ disabled: open, loading: busy }}
      cancelText={t('console:cancel')}
      rootClassName="conflict"
    >
      <p>{t('conflict.told', { author, when: when(recorded, language) })}</p>
      <h3>{t('conflict.both')}</h3>
      {both.length === 0 && <p className="quiet">{t('conflict.bothNone')}</p>}
      {both.map((field) => (
        <Choose
          key={field}
          field={field}
          {...{ base, mine, theirs }}
          chosen={choices[field]}
          choose={(side) => setChoices({ ...choices, [field]: side })}
        />
      ))}
      <h3>{t('conflict.auto')}</h3>
      {auto.length === 0 && <p className="quiet">{t('conflict.autoNone')}</p>}
      <ul className="conflict-auto">
        {auto.map(({ field, from }) => (
          <Merged key={field} field={field} from={from} value={(from === 'mine' ? mine : theirs)[field]} />
        ))}
      </ul>
    </Dialog>
  );
}

interface ChooseProps {
  field: ContentField;
  base: Content;
  mine: Content;
  theirs: Content;
  chosen: 'mine' | 'theirs' | undefined;
  choose: (side: 'mine' | 'theirs') => void;
}

function Choose({ field, base, mine, theirs, chosen, choose }: ChooseProps) {
  const label = useLabel();
  const { t } = useHistoryWords();
  const value = useValue();
  const name = useId();
  const side = (one: 'mine' | 'theirs', shown: ReactNode) => (
    <label className="conflict-side">
      <input type="radio" name={name} value={one} checked={chosen === one} onChange={() => choose(one)} />
      <span className="quiet">{t(`conflict.${one}`)}</span>
      <span>{shown}</span>
    </label>
  );
  return (
    <fieldset className="conflict-field" data-field={field}>
      <legend>{label(field)}</legend>
      {side('mine', value(field, mine[field]))}
      {side('theirs', value(field, theirs[field]))}
      <p className="quiet">
        {t('conflict.base')} {value(field, base[field])}
      </p>
    </fieldset>
  );
}

function Merged({ field, from, value }: { field: ContentField; from: 'mine' | 'theirs'; value: unknown }) {
  const label = useLabel();
  const { t } = useHistoryWords();
  const shown = useValue();
  return (
    <li data-field={field}>
      <span className="quiet">{label(field)}</span>
      <span>{shown(field, value)}</span>
      <Tag tone="plain">{t(from === 'mine' ? 'conflict.fromMine' : 'conflict.fromTheirs')}</Tag>
    </li>
  );
}
