/** Forms that were not sent yet, kept while the window is open. Passwords are never among them. */
export class Draft<T extends object> {
  constructor(
    private readonly storage: Storage,
    private readonly name: string,
  ) {}

  /** What was filled in so far; an empty object for nothing. */
  read(): Partial<T> {
    try {
      const value: unknown = JSON.parse(this.storage.getItem(`draft:${this.name}`) ?? '{}');
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Partial<T>)
        : {};
    } catch {
      return {};
    }
  }

  keep(values: Partial<T>): void {
    try {
      this.storage.setItem(`draft:${this.name}`, JSON.stringify(values));
    } catch {
      // A full or forbidden storage costs the draft, not the form.
    }
  }

  drop(): void {
    this.storage.removeItem(`draft:${this.name}`);
  }
}

/** Takes away all drafts: the next person at this window has nothing to do with them. */
export function dropDrafts(storage: Storage): void {
  for (const key of Object.keys(storage)) if (key.startsWith('draft:')) storage.removeItem(key);
}
