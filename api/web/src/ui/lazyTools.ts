import { lazy } from 'react';

// The tools of the map are not part of the first load.
const load = () => import('./tools');

export const Tools = lazy(async () => ({ default: (await load()).Tools }));
export const AreaCard = lazy(async () => ({ default: (await load()).AreaCard }));
export const AreaTitle = lazy(async () => ({ default: (await load()).AreaTitle }));
export const OwnCard = lazy(async () => ({ default: (await load()).OwnCard }));
export const AddressHere = lazy(async () => ({ default: (await load()).AddressHere }));
export const Nearest = lazy(async () => ({ default: (await load()).Nearest }));
export const HexagonSync = lazy(async () => ({ default: (await load()).HexagonSync }));
export const HexagonLegend = lazy(async () => ({ default: (await load()).HexagonLegend }));
