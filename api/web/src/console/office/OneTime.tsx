import { Button, QRCode } from 'antd';
import { useRef, useState } from 'react';
import { useTexts } from '../services';

interface OneTimeProps {
  /** What is shown this one time: a link or a token. */
  value: string;
  label: string;
  /** What to do with it. */
  text: string;
  /** Also as a picture that a phone reads. */
  picture?: boolean;
}

/** Something that is shown once: to be copied, or read from the screen with a phone. */
export function OneTime({ value, label, text, picture = false }: OneTimeProps) {
  const { t } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => setCopied(await copyText(value, input.current));
  return (
    <section className="once" aria-label={label}>
      <p>{text}</p>
      <div className="once-line">
        <input
          ref={input}
          className="input"
          readOnly
          aria-label={label}
          value={value}
          onFocus={(event) => event.target.select()}
        />
        <Button type="primary" onClick={() => void copy()}>
          {t(copied ? 'once.copied' : 'once.copy')}
        </Button>
      </div>
      <span className="visually-hidden" role="status">
        {copied ? t('once.copied') : ''}
      </span>
      {copied === false && <p role="alert">{t('once.byHand')}</p>}
      <p className="quiet">{t('once.once')}</p>
      {picture && (
        <figure className="once-picture">
          <div aria-hidden="true">
            <QRCode value={value} size={168} type="svg" bgColor="#fff" />
          </div>
          <figcaption>{t('once.scan')}</figcaption>
        </figure>
      )}
    </section>
  );
}

/** Copies a text; over plain HTTP, where browsers have no clipboard for pages, in the old way. */
async function copyText(text: string, input: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    input?.select();
    return document.execCommand('copy');
  }
}
