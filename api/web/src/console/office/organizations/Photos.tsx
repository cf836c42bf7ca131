import { Modal } from 'antd';
import { useRef, useState } from 'react';
import { Refusal } from '../../api/client';
import { useMayWith } from '../../api/plans';
import { photoAddress, usePhotoActions, usePhotos } from '../../api/registration';
import { useWrite } from '../../api/useWrite';
import { when } from '../../format/when';
import { useLanguage, useServices } from '../../services';
import { CloseIcon, PlusIcon } from '../icons';
import { Fault } from '../Notice';
import { smaller } from './smaller';
import { useWords } from './useWords';
import './photos.css';

/** Photos of the door plate: to look at, to take, and to take away. */
export function Photos({ id }: { id: number }) {
  const { t } = useWords();
  const { undoing } = useServices();
  const reads = useMayWith(id, 'organization.read');
  const photos = usePhotos(id, reads);
  const { add, remove, restore } = usePhotoActions(id);
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState<number | null>(null);
  const adding = useWrite({ mutationFn: async (file: File) => add(await smaller(file)) });
  const removing = useWrite({
    mutationFn: remove,
    onSuccess: (_, photo) => undoing.offer(t('photo.removed'), () => restore(photo)),
  });
  const writes = useMayWith(id, 'organization.write');
  const items = photos.data ?? [];
  // Of an organization of others one sees what everyone sees, and no photos.
  if (photos.isError || !reads) return null;
  return (
    <section className="block photos" aria-label={t('photo.title')}>
      <h3>{t('photo.title')}</h3>
      {items.length === 0 && !photos.isPending && <p className="quiet">{t('photo.none')}</p>}
      <ul>
        {items.map((photo) => (
          <li key={photo.id}>
            <button type="button" className="photo" onClick={() => setOpen(photo.id)}>
              <img
                src={photoAddress(id, photo.id)}
                alt={photo.author ? t('photo.alt', { author: photo.author }) : t('photo.plain')}
                loading="lazy"
                width={photo.width}
                height={photo.height}
              />
            </button>
            {writes && (
              <button
                type="button"
                className="square photo-remove"
                aria-label={t('photo.remove')}
                onClick={() => removing.mutate(photo.id)}
              >
                <CloseIcon />
              </button>
            )}
            <Taken at={photo.added_at} />
          </li>
        ))}
      </ul>
      {writes && (
        <>
          <button
            type="button"
            className="button start"
            aria-busy={adding.isPending}
            disabled={adding.isPending}
            onClick={() => input.current?.click()}
          >
            <PlusIcon />
            {t(adding.isPending && !adding.isPaused ? 'photo.sending' : 'photo.add')}
          </button>
          <input
            ref={input}
            className="visually-hidden"
            tabIndex={-1}
            aria-label={t('photo.add')}
            type="file"
            accept="image/jpeg,image/png,image/webp"
            capture="environment"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) adding.mutate(file);
              event.target.value = '';
            }}
          />
          <p className="field-hint">{t('photo.hint')}</p>
        </>
      )}
      {adding.isPaused && (
        <p className="notice" role="status">
          {t('photo.offline')}
        </p>
      )}
      {adding.isError && <PhotoFault error={adding.error} />}
      {removing.isError && <Fault error={removing.error} />}
      <Modal open={open !== null} onCancel={() => setOpen(null)} footer={null} width="min(96vw, 1000px)">
        {open !== null && <img className="photo-large" src={photoAddress(id, open)} alt={t('photo.title')} />}
      </Modal>
    </section>
  );
}

/** Why a photo was not taken, in the words of the page where it knows. */
function PhotoFault({ error }: { error: unknown }) {
  const { t } = useWords();
  const kind = error instanceof Refusal ? faults.find((one) => one === error.slug) : undefined;
  if (!kind) return <Fault error={error} />;
  return (
    <p className="notice alarm" role="alert">
      {t(`photo.fault.${kind}`)}
    </p>
  );
}

const faults = ['invalid', 'too-large', 'conflict', 'media-type'] as const;

function Taken({ at }: { at: string }) {
  const language = useLanguage();
  return <span className="quiet">{when(at, language)}</span>;
}
