import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Session } from '../../api/contract';
import { SessionProvider } from '../session';
import { type Draft, useDraft } from './useDraft';

let draft: Draft;

function Page({ version }: { version: number }) {
  draft = useDraft(7, version);
  return null;
}

/** Opens the page of a location in a version for an account; answers with what closes it. */
async function open(account: number, version: number): Promise<() => Promise<void>> {
  const page = createRoot(document.createElement('div'));
  const session = { account: { id: account } } as Session;
  await act(async () =>
    page.render(
      <SessionProvider value={session}>
        <Page version={version} />
      </SessionProvider>,
    ),
  );
  return () => act(async () => page.unmount());
}

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  sessionStorage.clear();
});

test('what is typed for a step is there again for the same account, with the version that it was begun with', async () => {
  const close = await open(1, 3);
  await act(async () => draft.write({ evidence: '与2025年村界图一致' }));
  await act(async () => draft.write({ reason: '门牌不符' }));
  await close();
  await (await open(2, 3))();
  expect(draft.evidence).toBe('');
  await (await open(1, 4))();
  expect(draft).toMatchObject({ evidence: '与2025年村界图一致', reason: '门牌不符', since: 3 });
});

test('it is gone once the step is taken, also when the page was left meanwhile', async () => {
  const close = await open(1, 3);
  await act(async () => draft.write({ evidence: '已电话核实' }));
  const { done } = draft;
  await close();
  await act(async () => done());
  await (await open(1, 4))();
  expect(draft).toMatchObject({ evidence: '', since: null });
});

test('nothing is kept of what was cleared again or cannot be read', async () => {
  await open(1, 3);
  await act(async () => draft.write({ excuse: '手机没有信号' }));
  await act(async () => draft.write({ excuse: '' }));
  expect(sessionStorage).toHaveLength(0);
  sessionStorage.setItem('draft:verification:1:7', '{"evidence":5,"since":"x"}');
  await (await open(1, 3))();
  expect(draft).toMatchObject({ evidence: '', since: null });
});
