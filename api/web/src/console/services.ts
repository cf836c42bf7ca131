import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../format/number';
import type { Cell } from '../state/cell';
import type { ConsoleClient } from './api/client';
import type { Places, Route } from './state/route';
import type { Undoing } from './state/undo';

/** What the components of the console share. */
export interface Services {
  client: ConsoleClient;
  /** Goes with every write; null while nobody is signed in. */
  proof: Cell<string | null>;
  /** The position of the last write; null when nothing was written yet. */
  written: Cell<string | null>;
  places: Places;
  undoing: Undoing;
}

const Context = createContext<Services | null>(null);
export const ServicesProvider = Context.Provider;

export function useServices(): Services {
  const services = useContext(Context);
  if (!services) throw new Error('there is no ServicesProvider above');
  return services;
}

/** The texts of the console, and through `translation:` those that it shares with the map. */
export function useTexts() {
  return useTranslation(['console', 'translation']);
}

/** The language of the page. */
export function useLanguage(): Language {
  const { i18n } = useTexts();
  return i18n.language === 'en' ? 'en' : 'zh';
}

export type { Route };
