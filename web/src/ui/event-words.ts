import type { Tone } from './fate-look.ts';

const DANGER = /max_deliver|quorum_lost|out_of_storage|auth error|terminated|limit_reached|removed/;
const WARN = /disconnect|shutdown|lame duck|nak|leader_elected|abandoned|slow/;

/** How urgent an event of the cluster is. */
export const eventTone = (kind: string): Tone =>
  DANGER.test(kind) ? 'danger' : WARN.test(kind) ? 'warn' : 'info';

/** `max_deliver` as words. */
export function eventWords(kind: string): string {
  const words = kind.replaceAll(/[_.]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
