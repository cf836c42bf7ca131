/** Bounds of a password's length in characters, as the server has them. */
export const leastLength = 10;
export const mostLength = 128;
const leastCore = 3;
const leastDifferent = 5;

/** What a new password lacks so far; the server also knows the passwords that everyone uses. */
export interface PasswordChecks {
  length: boolean;
  /** It does not hold the name of the account. */
  unlike: boolean;
  /** It is more than digits and punctuation, and more than a few characters over and over. */
  varied: boolean;
  same: boolean;
}

export function checkPassword(password: string, repeated: string, names: readonly string[]): PasswordChecks {
  const length = [...password].length;
  const lower = password.toLowerCase();
  const core = [...lower.replace(/^[\p{N}\p{P}\p{S}\s]+|[\p{N}\p{P}\p{S}\s]+$/gu, '')];
  return {
    length: length >= leastLength && length <= mostLength,
    unlike: password !== '' && !names.some((name) => name.length >= 3 && lower.includes(name.toLowerCase())),
    varied: core.length >= leastCore && new Set(lower).size >= leastDifferent,
    same: password !== '' && password === repeated,
  };
}

/** Names of accounts are kept in lower case, without spaces around them. */
export function cleanName(name: string): string {
  return name.trim().toLowerCase();
}

export function isAccountName(name: string): boolean {
  return /^[a-z][a-z0-9._-]{2,63}$/.test(cleanName(name));
}
