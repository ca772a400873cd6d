import { fileURLToPath } from 'node:url';

/** Of this checkout; all with a slash at the end left off. */
export const REPOSITORY = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
/** Fetched programs: ignored by git, safe to delete. */
export const TOOLS = `${REPOSITORY}/.tools`;
