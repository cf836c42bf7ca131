import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../api/schema';
import { useServices } from '../services';
import { pageAt, paged, Refusal, settle, unwrap } from './client';

type Schemas = components['schemas'];
export type Import = Schemas['Import'];
export type ImportField = NonNullable<Schemas['ImportField']>;
export type ImportMapping = Schemas['ImportMapping'];
export type ImportMappingInput = Schemas['ImportMappingInput'];
export type ImportFault = Schemas['ImportFaultList']['items'][number];
export type ImportPreview = Schemas['ImportPreview'];

/** Whether the import goes on by itself. */
export const goesOn = ({ state }: Pick<Import, 'state'>) =>
  state === 'checking' || state === 'running' || state === 'undoing';

/** How often an import that goes on is looked at, in milliseconds. */
const lookEvery = 500;

export function useImports() {
  const { client } = useServices();
  return useInfiniteQuery({
    queryKey: ['imports', 'list'],
    ...paged,
    queryFn: ({ pageParam, signal }) =>
      unwrap(client.GET('/api/imports', { params: { query: pageAt(pageParam) }, signal })),
    staleTime: 0,
  });
}

export function useImport(id: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => unwrap(client.GET('/api/imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && goesOn(state.data) ? lookEvery : false),
    staleTime: 0,
  });
}

/** How many faults a page has that is read at once. */
export const faultPage = 200;

/** A page of faults; what was checked anew has others. */
export function useFaults(job: Import, reason: string, page: number) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['imports', job.id, 'faults', job.counts, reason, page],
    queryFn: ({ signal }) => {
      const query = {
        limit: faultPage,
        ...(reason === '' ? {} : { reason }),
        ...(page === 0 ? {} : { offset: page * faultPage }),
      };
      return unwrap(
        client.GET('/api/imports/{id}/errors', { params: { path: { id: job.id }, query }, signal }),
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function usePreview(job: Import) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['imports', job.id, 'preview', job.counts],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/imports/{id}/preview', { params: { path: { id: job.id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useKept(job: Import) {
  const { client } = useServices();
  return useQuery({
    queryKey: ['imports', job.id, 'kept', job.counts],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/api/imports/{id}/kept', { params: { path: { id: job.id } }, signal })),
  });
}

/** What can be done with an import; each answers with the import as it is then. */
export function useImportActions(id: number) {
  const { client } = useServices();
  const queries = useQueryClient();
  const params = { path: { id } };
  const keep = (job: Import) => {
    queries.setQueryData(['imports', id], job);
    void queries.invalidateQueries({ queryKey: ['imports', 'list'] });
  };
  const act = useMutation({
    mutationFn: (what: 'check' | 'run' | 'pause' | 'resume' | 'undo') =>
      unwrap(client.POST(`/api/imports/{id}/${what}`, { params })),
    onSuccess: keep,
    onError: () => queries.invalidateQueries({ queryKey: ['imports', id] }),
  });
  const map = useMutation({
    mutationFn: (body: ImportMappingInput) =>
      unwrap(client.PUT('/api/imports/{id}/mapping', { params, body })),
    onSuccess: keep,
  });
  const remove = useMutation({
    mutationFn: () => settle(client.DELETE('/api/imports/{id}', { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['imports', 'list'] }),
  });
  return { act, map, remove };
}

/** Sends a file; told is called with what is sent so far, from 0 to 1. */
export function sendFile(file: File, proof: string | null, told: (part: number) => void): Promise<Import> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/imports');
    if (proof !== null) request.setRequestHeader('X-CSRF-Token', proof);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) resolve(request.response as Import);
      else {
        const after = request.getResponseHeader('Retry-After');
        const headers = new Headers(after === null ? [] : [['Retry-After', after]]);
        reject(new Refusal(new Response(null, { status: request.status, headers }), request.response));
      }
    };
    request.onerror = () => reject(new TypeError('the server cannot be reached'));
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}
