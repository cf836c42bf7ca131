import { useEffect, useMemo, useRef, useState } from 'react';
import { PictureFault } from '../../map/picture';
import { measurer, pageFont, paint } from '../../print/paint';
import { framesOf, type Paper, paperNames } from '../../print/paper';
import { compose, type Item } from '../../print/sheet';
import { useServices, useUrl } from '../../services';
import { download } from '../../tools/csv';
import { CloseIcon, PrintIcon } from '../icons';
import { useRefused } from '../refused';
import { DownloadIcon } from '../tools/icons';
import { Refused } from '../tools/Refused';
import { useMedia } from '../useSize';
import { type Facts, fileOf, steps } from './gather';
import { SheetView } from './SheetView';
import { useContent, useDataDay, useDefaultTitle } from './useContent';
import { type Making, useFacts } from './useFacts';
import { useResultsReady } from './useLegend';
import { usePrint } from './usePrint';
import '../../style/print.css';

/** The window for printing and exporting the map: a preview of the sheet, its title and paper, and what to do with it. */
export function PrintWindow() {
  const { t, i18n } = usePrint();
  const { tools } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [paper, setPaper] = useState<Paper>(useMedia('(max-width: 719px)') ? 'portrait' : 'landscape');
  const usual = useDefaultTitle();
  const [own, setOwn] = useState<string | null>(null);
  const title = own ?? usual;
  const making = useFacts(paper);
  const content = useContent(making.facts, title);
  const font = useFont(i18n.language);
  const measure = useMemo(() => measurer(font), [font]);
  const items = useMemo(() => content && compose(content, paper, measure), [content, paper, measure]);
  const ready = useResultsReady();
  const day = useDataDay();
  const compared = useUrl((state) => state.swipe !== null);
  usePageSize(paper);
  return (
    <dialog
      ref={dialog}
      className="print-window"
      aria-labelledby="print-title"
      onClose={() => tools.printing.set(false)}
    >
      <header>
        <h2 id="print-title">{t('label')}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={t('close')}
          title={t('close')}
          onClick={() => dialog.current?.close()}
        >
          <CloseIcon />
        </button>
      </header>
      <div className="print-preview" data-paper={paper}>
        {items && making.facts && making.url ? (
          <div className="print-page" data-box={making.facts.box.join()} data-zoom={making.facts.zoom}>
            <SheetView items={items} paper={paper} picture={making.url} label={t('preview')} />
          </div>
        ) : (
          <Waiting making={making} onCancel={() => dialog.current?.close()} />
        )}
      </div>
      <form className="print-controls" onSubmit={(event) => event.preventDefault()}>
        {compared && <p className="print-one-day">{t('oneDay', { day })}</p>}
        <label htmlFor="print-heading">{t('title')}</label>
        <input
          id="print-heading"
          value={title}
          maxLength={120}
          onChange={(event) => setOwn(event.target.value)}
        />
        {own !== null && own !== usual && (
          <button type="button" className="link" onClick={() => setOwn(null)}>
            {t('titleReset')}
          </button>
        )}
        <fieldset>
          <legend>{t('paper')}</legend>
          {paperNames.map((name) => (
            <label key={name} className="row">
              <input type="radio" name="paper" checked={paper === name} onChange={() => setPaper(name)} />
              <span className="row-label">{t(name)}</span>
            </label>
          ))}
        </fieldset>
        <Actions items={ready ? items : null} facts={making.facts} paper={paper} title={title} font={font} />
      </form>
    </dialog>
  );
}

/** The fonts of the page in a language. */
function useFont(language: string): string {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page's fonts follow its language
  return useMemo(pageFont, [language]);
}

/** How far the sheet is, or why there is none. */
function Waiting({ making: { step, error, retry }, onCancel }: { making: Making; onCancel: () => void }) {
  const { t } = usePrint();
  const refused = useRefused();
  if (error && refused) {
    return (
      <div className="problem" role="alert" data-fault="condition">
        <Refused condition={refused} then={retry} />
      </div>
    );
  }
  if (error) {
    const why = error instanceof PictureFault ? error.why : 'numbers';
    return (
      <div className="problem" role="alert" data-fault={why}>
        <p>{t(`fault.${why}`)}</p>
        <button type="button" className="button" onClick={retry}>
          {t('retry')}
        </button>
      </div>
    );
  }
  const at = steps.indexOf(step) + 1;
  const text = t(`step.${step}`, { step: at, of: steps.length });
  return (
    <div className="print-waiting" role="status">
      <p>{text}</p>
      <progress max={steps.length} value={at} aria-label={text} />
      <button type="button" className="button" onClick={onCancel}>
        {t('cancel')}
      </button>
    </div>
  );
}

interface ActionsProps {
  /** null while the sheet is not complete. */
  items: readonly Item[] | null;
  facts: Facts | null;
  paper: Paper;
  title: string;
  font: string;
}

function Actions({ items, facts, paper, title, font }: ActionsProps) {
  const { t } = usePrint();
  const [said, setSaid] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const save = async () => {
    if (!items || !facts) return;
    const file = `${fileName(title)}.png`;
    try {
      download(file, await fileOf(paint(items, paper, facts.picture, font)));
      setFailed(false);
      setSaid(t('saved', { file }));
    } catch {
      setFailed(true);
    }
  };
  return (
    <div className="print-actions">
      <button
        type="button"
        className="button primary"
        data-act="pdf"
        disabled={!items}
        onClick={() => printPage(title)}
      >
        <PrintIcon /> {t('pdf')}
      </button>
      <p className="quiet-text">{t('pdfHint')}</p>
      <button type="button" className="button" data-act="png" disabled={!items} onClick={() => void save()}>
        <DownloadIcon /> {t('png')}
      </button>
      <p className="said" role="status">
        {said}
      </p>
      {failed && (
        <p className="problem" role="alert">
          {t('fault.png')}
        </p>
      )}
    </div>
  );
}

/** Prints the sheet; its title names the file of a PDF. */
function printPage(title: string): void {
  const before = document.title;
  window.addEventListener('afterprint', () => (document.title = before), { once: true });
  document.title = fileName(title);
  window.print();
}

/** A title without what file names may not hold. */
function fileName(title: string): string {
  const name = title.replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim();
  return name === '' ? 'jingwei' : name;
}

/** Makes the paper of the browser's print window that of the sheet. The page's policy allows no style but constructed ones. */
function usePageSize(paper: Paper): void {
  useEffect(() => {
    const { width, height } = framesOf(paper).paper;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page { size: ${width}mm ${height}mm; margin: 0 }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }, [paper]);
}
