/**
 * Preferences kept in the browser. Storage may be absent, full or refused (private modes, policies):
 * losing a preference is harmless, throwing while drawing is not.
 */
export function readPreference(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function writePreference(key: string, value: string | null): void {
  try {
    if (value === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, value);
  } catch {
    // See above.
  }
}
