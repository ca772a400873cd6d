/** Runs the action while no other process on this machine holds the lock. */
export function withFileLock<T>(path: string, action: () => T | Promise<T>): Promise<T>;
