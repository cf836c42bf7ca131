import type { components } from '../../api/schema';
import { accuracyOf, type Place } from './registration';

type Coordinate = components['schemas']['Coordinate'];

/** Systems that one can choose for degrees that do not say theirs. */
export const degreeSystems: readonly string[] = ['EPSG:4326', 'gcj02', 'bd09'];

/** What a text says of a place. */
export type Reading =
  | {
      is: 'coordinate';
      place: Place;
      /** The systems between which a person may choose; none where the text says its own. */
      choices: readonly string[];
      /** Whether the number that goes north came first. */
      northFirst: boolean;
      /** Whether they are metres and not degrees. */
      metres: boolean;
    }
  /** Numbers of which nobody said in which system they are: in each they are another place. */
  | { is: 'unsure'; choices: readonly string[] }
  /** A link that holds no coordinate, as short ones do not. */
  | { is: 'link' }
  /** No coordinate: an address or a name, perhaps. */
  | { is: 'words' };

/** The systems between which the reader of numbers has to choose; none when the text says its own. */
export function choicesOf(read: Coordinate): string[] {
  const { told, system, notation } = read.understood;
  if (told) return [];
  const others = (read.others ?? []).map((other) => other.understood.system);
  const degrees = notation !== 'metres' && system !== 'bd09mc' ? degreeSystems : [];
  return [...new Set([...degrees, system, ...others])];
}

/** A text that is no coordinate. */
export function wordsOrLink(text: string): Reading {
  return { is: /https?:\/\//i.test(text) ? 'link' : 'words' };
}

/** A coordinate as a place, with the systems that it may have been in. */
export function readingOf(text: string, read: Coordinate, choices: readonly string[]): Reading {
  const [lng = 0, lat = 0] = read.wgs84;
  const { system, order, notation, cell_degrees: cell } = read.understood;
  return {
    is: 'coordinate',
    place: { lng, lat, text, crs: system, source: 'registered', accuracy: accuracyOf(text, cell) },
    choices,
    northFirst: order === 'yx',
    metres: notation === 'metres' || system === 'bd09mc',
  };
}

/**
 * Reads a text with `ask`, which answers null for what is no coordinate. Numbers that do not say their system are in the
 * chosen one; while none was chosen that fits them, it is not known where they are.
 */
export async function readPlace(
  text: string,
  chosen: string | null,
  ask: (text: string, crs: string | null) => Promise<Coordinate | null>,
): Promise<Reading> {
  const first = await ask(text, null);
  if (!first) return wordsOrLink(text);
  const choices = choicesOf(first);
  if (choices.length < 2) return readingOf(text, first, []);
  if (chosen === null || !choices.includes(chosen)) return { is: 'unsure', choices };
  const same = chosen === first.understood.system;
  const read = same ? first : await ask(text, chosen);
  return read ? readingOf(text, read, choices) : { is: 'unsure', choices };
}

/** The system that somebody chose last for numbers without one, kept in the browser for their account. */
export class ChosenSystem {
  readonly #key: string;

  constructor(
    private readonly storage: Storage,
    account: number,
  ) {
    this.#key = `place-system:${account}`;
  }

  /** null while none was chosen. */
  get(): string | null {
    const system = this.storage.getItem(this.#key);
    return system !== null && degreeSystems.includes(system) ? system : null;
  }

  /** Metres are no habit: only systems of degrees are kept. */
  keep(system: string): void {
    if (!degreeSystems.includes(system)) return;
    try {
      this.storage.setItem(this.#key, system);
    } catch {
      // A full storage costs the habit, not the form.
    }
  }
}
