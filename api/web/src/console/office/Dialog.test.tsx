import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dialog } from './Dialog';

let closed: number;
let page: ReturnType<typeof createRoot>;
const press = (element: Element | null | undefined) => act(async () => (element as HTMLElement).click());
const pressBeside = () =>
  act(async () => {
    const beside = document.querySelector('.ant-modal-wrap');
    for (const type of ['mousedown', 'click']) beside?.dispatchEvent(new MouseEvent(type, { bubbles: true }));
  });
const pressEscape = () =>
  act(async () => {
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', keyCode: 27, bubbles: true }));
  });
const type = (text: string) =>
  act(async () => {
    const input = document.querySelector<HTMLInputElement>('#name');
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input?.dispatchEvent(new Event('input', { bubbles: true }));
  });

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  closed = 0;
  page = createRoot(document.body.appendChild(document.createElement('div')));
  await act(async () =>
    page.render(
      <Dialog open onCancel={() => closed++} transitionName="" maskTransitionName="">
        <input id="name" defaultValue="" onChange={() => {}} />
      </Dialog>,
    ),
  );
});
afterEach(async () => {
  await act(async () => page.unmount());
  vi.unstubAllGlobals();
});

test('a click beside and Escape close a dialog in which nothing was filled in', async () => {
  await pressBeside();
  expect(closed).toBe(1);
  await pressEscape();
  expect(closed).toBe(2);
});

test('what was typed outlives a click beside, and Escape asks before it is given up', async () => {
  await type('甲');
  await pressBeside();
  await pressEscape();
  expect(closed).toBe(0);
  const answer = (at: number) => document.querySelectorAll('[role=alertdialog] button')[at];
  await press(answer(0));
  expect(document.querySelector('[role=alertdialog]')).toBeNull();
  await pressEscape();
  await press(answer(1));
  expect(closed).toBe(1);
});
