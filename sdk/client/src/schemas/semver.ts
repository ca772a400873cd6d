import { problemsOf, type Version } from './compatibility.ts';

export const FIRST_SEMVER = '1.0.0';
const SEMVER = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

export const isSemver = (text: string): boolean => SEMVER.test(text);

/**
 * The semantic version that the change asks for: major when one of the two cannot read the other, minor
 * otherwise.
 */
export function nextSemver(
  last: string,
  previous: Version,
  next: Omit<Version, 'version'>,
): string {
  const [major = 0, minor = 0] = parts(last);
  return problemsOf('FULL', next, [previous]).length > 0
    ? `${major + 1}.0.0`
    : `${major}.${minor + 1}.0`;
}

/** Negative when `a` is older than `b`. */
export function compareSemver(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

const parts = (semver: string): number[] => semver.split('.').map(Number);
