import type { Tone } from './fate-look.ts';

/** Something that happened. x is Unix milliseconds. */
export interface Marker {
  x: number;
  label: string;
  tone: Tone;
}

const DANGER =
  /_failed$|max_deliver|quorum_lost|out_of_storage|auth error|terminated|limit_reached|removed/;
const WARN = /disconnect|shutdown|lame duck|nak|leader_elected|abandoned|slow/;

/** How urgent an event of the cluster is. */
export const eventTone = (kind: string): Tone =>
  DANGER.test(kind) ? 'danger' : WARN.test(kind) ? 'warn' : 'info';

/** `max_deliver` as words. */
export function eventWords(kind: string): string {
  const words = kind.replaceAll(/[_.]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an event says of itself, as far as it says anything. `time` is Unix nanoseconds. */
export interface ToldEvent {
  time: string;
  kind: string;
  server: string;
  connection: string;
  service: string;
  consumer: string;
  streamSequence: string | null;
  deliveries: number | null;
  reason: string;
}

/** An event in a picture of time. */
export function eventMarker(event: ToldEvent): Marker {
  const { time, kind, server, connection, service, consumer, streamSequence, deliveries, reason } =
    event;
  const message =
    streamSequence === null
      ? ''
      : `message ${streamSequence}${deliveries === null ? '' : `, delivered ${deliveries} times`}`;
  const said = [connection || service || consumer || server, message, reason]
    .filter(Boolean)
    .join(', ');
  return {
    x: Number(BigInt(time) / 1_000_000n),
    label: said === '' ? eventWords(kind) : `${eventWords(kind)}: ${said}`,
    tone: eventTone(kind),
  };
}

/** One for what is the same in all that is told: replicas report an event each. Order is kept. */
export const distinctMarkers = (events: readonly ToldEvent[]): Marker[] => [
  ...new Map(
    events.map(eventMarker).map((marker) => [`${marker.x} ${marker.label}`, marker] as const),
  ).values(),
];
