import { hashKey, type UseMutationOptions, type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Underway } from '../state/underway';

/**
 * A mutation of TanStack Query for whatever the console writes. While a write goes on, asking for the same one again sends
 * nothing: the second click of a double click comes before the page has drawn that the first one is pending.
 */
export function useWrite<T, V = void>(
  options: UseMutationOptions<T, Error, V>,
): UseMutationResult<T, Error, V> {
  const write = useMutation(options);
  const [underway] = useState(() => new Underway<T>());
  type Send = UseMutationResult<T, Error, V>['mutateAsync'];
  const mutateAsync: Send = (...given) =>
    underway.run(hashKey([given[0]]), () => write.mutateAsync(...given));
  const mutate: UseMutationResult<T, Error, V>['mutate'] = (...given) => {
    mutateAsync(...given).catch(() => {}); // the mutation tells it
  };
  return { ...write, mutate, mutateAsync };
}
