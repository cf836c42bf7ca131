import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Fault, Nothing, Rows } from './Notice';

interface PagedProps<T> {
  list: UseInfiniteQueryResult<InfiniteData<{ items: T[] }>>;
  /** What is said when there is nothing. */
  none: string;
  /** The button that reads the next page. */
  more: string;
  children: (item: T) => ReactNode;
}

/** Lines that are read a page at a time. */
export function Paged<T>({ list, none, more, children }: PagedProps<T>) {
  const items = (list.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      {list.isError && <Fault error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Rows count={4} />}
      {list.isSuccess && items.length === 0 && <Nothing text={none} />}
      <ul className="lines">{items.map(children)}</ul>
      {list.hasNextPage && (
        <Button className="start" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {more}
        </Button>
      )}
    </>
  );
}
