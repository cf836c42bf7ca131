import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useWrite } from './useWrite';

let sent: { to: string; end: () => void; fail: () => void }[];
let done: string[];

function Page() {
  const write = useWrite({
    mutationFn: (to: { step: string }) =>
      new Promise<string>((resolve, reject) =>
        sent.push({ to: to.step, end: () => resolve(to.step), fail: () => reject(new Error(to.step)) }),
      ),
    onSuccess: (step) => {
      done.push(step);
    },
  });
  return (
    <>
      <button type="button" id="on" onClick={() => !write.isPending && write.mutate({ step: 'on' })}>
        {write.status}
      </button>
      <button type="button" id="back" onClick={() => write.mutate({ step: 'back' })} />
    </>
  );
}

const root = document.createElement('div');
let page: ReturnType<typeof createRoot>;
const button = (id: string) => root.querySelector(`#${id}`) as HTMLButtonElement;

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  [sent, done] = [[], []];
  page = createRoot(root);
  await act(async () =>
    page.render(
      <QueryClientProvider client={new QueryClient()}>
        <Page />
      </QueryClientProvider>,
    ),
  );
});
afterEach(async () => {
  await act(async () => page.unmount());
  vi.unstubAllGlobals();
});

test('a double click writes once, and is told of once', async () => {
  await act(async () => {
    button('on').click();
    button('on').click();
  });
  expect(sent).toHaveLength(1);
  await act(async () => sent[0]?.end());
  await vi.waitFor(() => expect(button('on').textContent).toBe('success'));
  expect(done).toEqual(['on']);
});

test('something else is written beside it, and the same again once it is over', async () => {
  await act(async () => {
    button('back').click();
    button('on').click();
    button('back').click();
  });
  expect(sent.map(({ to }) => to)).toEqual(['back', 'on']);
  await act(async () => {
    sent[0]?.end();
    sent[1]?.fail();
  });
  await vi.waitFor(() => expect(button('on').textContent).toBe('error'));
  await act(async () => button('on').click());
  expect(sent.map(({ to }) => to)).toEqual(['back', 'on', 'on']);
});
