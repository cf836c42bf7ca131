import { useMemo } from 'react';
import type { AddressHit, OrganizationSummary, SearchHit } from '../api/client';
import { type Services, useServices } from '../services';
import { nameZoom, within, zoomOf } from '../state/division';
import { nothingAside, type State } from '../state/url';

/** Ways to get somewhere that more than one component offers. */
export function useGo() {
  const services = useServices();
  return useMemo(() => ways(services), [services]);
}

function ways({ store, map }: Services) {
  const toOrganization = (at: { id: number; division: string; kind: string; location: number[] | null }) => {
    const { division, kinds, off } = store.get();
    const change: Partial<State> = { ...nothingAside, selected: at.id };
    // What one asked for must show: conditions that would hide it give way.
    if (!within(at.division, division)) change.division = null;
    if (kinds && !kinds.includes(at.kind)) change.kinds = null;
    if (off.includes('organizations')) change.off = off.filter((name) => name !== 'organizations');
    map.get()?.stay(change.division === undefined ? division : null);
    store.set(change);
    const [lng, lat] = at.location ?? [];
    const controller = map.get();
    if (controller && lng !== undefined && lat !== undefined) {
      controller.flyTo(lng, lat, Math.max(nameZoom, controller.map.getZoom()));
    }
  };
  const toAddress = (hit: AddressHit) => {
    const [lng, lat] = hit.location ?? [];
    if (lng === undefined || lat === undefined) return store.set({ ...nothingAside, division: hit.code });
    // What is meant lies somewhere around the point: the map shows about as much.
    store.set({ ...nothingAside, at: [lng, lat] });
    map.get()?.flyTo(lng, lat, zoomOf(hit.placed_level ?? hit.level));
  };
  /** A position has its mark and its card. */
  const toPlace = ([lng = 0, lat = 0]: number[]) => {
    const controller = map.get();
    controller?.stay(store.get().division);
    store.set({ ...nothingAside, at: [lng, lat] });
    controller?.flyTo(lng, lat, Math.max(nameZoom, controller.map.getZoom()));
  };
  return {
    toListed: (item: OrganizationSummary) => toOrganization(item),
    toDivision: (code: string | null) => store.set({ ...nothingAside, division: code }),
    toHit: (hit: SearchHit) => {
      if (hit.type === 'division') store.set({ ...nothingAside, division: hit.code });
      else if (hit.type === 'organization') toOrganization(hit);
      else if (hit.type === 'address') toAddress(hit);
      else if (hit.location) toPlace(hit.location);
    },
  };
}
