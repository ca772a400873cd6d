import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const POLL_MS = 200;
const WAIT_MS = 20 * 60_000;

/**
 * Runs the action while no other process on this machine holds the lock. The file names the holder, so
 * that the lock of a process which was killed is taken over. Plain JavaScript: bootstrap.mjs needs it on
 * any Node.
 */
export async function withFileLock(path, action) {
  await acquire(path);
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path) {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + WAIT_MS;
  while (!tryAcquire(path)) {
    if (Date.now() > deadline) throw new Error(`cannot lock ${path}: held for too long`);
    removeIfStale(path);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function tryAcquire(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Renames first: of several waiters one moves the old file, and none removes a new one unseen. */
function removeIfStale(path) {
  const holder = readHolder(path);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readHolder(aside) === holder) rmSync(aside);
    else renameSync(aside, path);
  } catch {
    // Another waiter was first.
  }
}

function readHolder(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
