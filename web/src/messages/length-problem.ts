import { parseDurationNs } from '@hopline/model';

/** What is wrong with the bounds, in words; '' when they can be asked for. */
export function lengthProblem(min: string, max: string): string {
  const bad = [min, max].find((text) => text !== '' && parseDurationNs(text) === null);
  if (bad !== undefined) return `“${bad}” is no duration. Write 20us, 500ms, 1.5s or 2m.`;
  const [least, most] = [parseDurationNs(min), parseDurationNs(max)];
  return least !== null && most !== null && least >= most
    ? 'No duration lies between these two.'
    : '';
}
