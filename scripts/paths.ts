import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this checkout; all with a slash at the end left off. */
export const REPOSITORY = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const isClone = existsSync(join(REPOSITORY, 'package-lock.json'));
const userCache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
/**
 * Fetched programs: safe to delete. In a clone ignored by git; of an installed package in the user's cache,
 * as the package's own folder may belong to somebody else.
 */
export const TOOLS = isClone ? join(REPOSITORY, '.tools') : join(userCache, 'hopline');
