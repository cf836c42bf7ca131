/** Bounds of a password's length in characters, as the server has them. */
export const leastLength = 10;
export const mostLength = 128;

/** What a new password lacks so far; the server also knows the passwords that everyone uses. */
export interface PasswordChecks {
  length: boolean;
  /** It does not hold the name of the account. */
  unlike: boolean;
  same: boolean;
}

export function checkPassword(password: string, repeated: string, names: readonly string[]): PasswordChecks {
  const length = [...password].length;
  const lower = password.toLowerCase();
  return {
    length: length >= leastLength && length <= mostLength,
    unlike: password !== '' && !names.some((name) => name.length >= 3 && lower.includes(name.toLowerCase())),
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
