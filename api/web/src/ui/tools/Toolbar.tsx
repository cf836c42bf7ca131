import { type KeyboardEvent, useRef } from 'react';
import { useServices } from '../../services';
import { useCell } from '../../state/cell';
import type { ToolName } from '../../state/tools';
import { nothingAside } from '../../state/url';
import { CloseIcon } from '../icons';
import { FileDrop } from './FileDrop';
import { BoxIcon, CircleIcon, CorridorIcon, LassoIcon, PolygonIcon, RulerIcon, UploadIcon } from './icons';
import { useReadFile } from './useReadFile';
import { useTools } from './useTools';

const icons: readonly (readonly [ToolName, () => React.ReactNode])[] = [
  ['lasso', LassoIcon],
  ['box', BoxIcon],
  ['circle', CircleIcon],
  ['polygon', PolygonIcon],
  ['corridor', CorridorIcon],
  ['line', RulerIcon],
];

/** The bar of tools. A tool draws once; pressed again it is put away. */
export function Toolbar() {
  const { t } = useTools();
  const { store, tools } = useServices();
  const tool = useCell(tools.tool);
  const file = useRef<HTMLInputElement>(null);
  const { read, fault, forget } = useReadFile();
  const close = () => {
    tools.tool.set(null);
    tools.sketch.set(null);
    tools.open.set(false);
    // The button that opened the bar gets the focus back.
    document.querySelector<HTMLElement>('.tools-button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Escape') return onArrows(event);
    event.preventDefault();
    close();
  };
  const choose = (name: ToolName) => {
    store.set(nothingAside);
    forget();
    tools.sketch.set(null);
    tools.tool.set(tool === name ? null : name);
  };
  return (
    <div className="tools">
      <div className="tools-bar" role="toolbar" aria-label={t('bar')} onKeyDown={onKeyDown}>
        {icons.map(([name, Sign]) => (
          <button
            key={name}
            type="button"
            className="square"
            data-tool={name}
            aria-pressed={tool === name}
            aria-label={t(`tool.${name}`)}
            title={t(`tool.${name}`)}
            onClick={() => choose(name)}
          >
            <Sign />
          </button>
        ))}
        <button
          type="button"
          className="square"
          data-tool="own"
          aria-label={t('tool.own')}
          title={t('tool.own')}
          onClick={() => file.current?.click()}
        >
          <UploadIcon />
        </button>
        <button type="button" className="square" aria-label={t('close')} title={t('close')} onClick={close}>
          <CloseIcon />
        </button>
        <input
          ref={file}
          type="file"
          hidden
          accept=".geojson,.json,application/geo+json,application/json"
          aria-label={t('own.choose')}
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) void read(chosen);
            // The same file can be chosen again.
            event.target.value = '';
          }}
        />
      </div>
      {fault && (
        <p className="tools-hint fault" role="alert">
          {t(`own.fault.${fault}`)}
        </p>
      )}
      <FileDrop read={read} />
    </div>
  );
}

/** Left and right move along the bar. */
function onArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}
