import { lazy } from 'react';

// The tools of the map are not part of the first load, nor is what is rarely said.
const load = () => import('./tools');

export const Tools = lazy(async () => ({ default: (await load()).Tools }));
export const AreaCard = lazy(async () => ({ default: (await load()).AreaCard }));
export const AreaTitle = lazy(async () => ({ default: (await load()).AreaTitle }));
export const OwnCard = lazy(async () => ({ default: (await load()).OwnCard }));
export const Nearest = lazy(async () => ({ default: (await load()).Nearest }));
export const HexagonSync = lazy(async () => ({ default: (await load()).HexagonSync }));
export const HexagonLegend = lazy(async () => ({ default: (await load()).HexagonLegend }));
export const Refused = lazy(async () => ({ default: (await load()).Refused }));
export const NothingOn = lazy(async () => ({ default: (await load()).NothingOn }));
export const Future = lazy(async () => ({ default: (await load()).Future }));
export const SharedCut = lazy(async () => ({ default: (await load()).SharedCut }));
