import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Client } from './api/client';
import type { Language } from './format/number';
import type { MapController } from './map/controller';
import type { Cell } from './state/cell';
import { type PageStore, useStore } from './state/store';
import type { Tools } from './state/tools';

/** What the components share. */
export interface Services {
  store: PageStore;
  client: Client;
  /** null until the map has started. */
  map: Cell<MapController | null>;
  /** Whether the server's events arrive. */
  live: Cell<boolean>;
  tools: Tools;
  /** The division that a link named and that does not exist; null when there is nothing to say. */
  missing: Cell<string | null>;
}

const Context = createContext<Services | null>(null);
export const ServicesProvider = Context.Provider;

export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error('there is no ServicesProvider above');
  return services;
}

/** The language of the page. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'en' ? 'en' : 'zh';
}

/** A part of the page's state. */
export function useUrl<T>(select: Parameters<typeof useStore<T>>[1]): T {
  return useStore(useServices().store, select);
}
