import type { Breach, ConsumerView, StreamView } from '@hopline/model/api';

type Thresholds = Readonly<Record<string, number>>;
type Rule<View> = (view: View, limit: number) => number | null;

const NS_PER_SECOND = 1e9;
const ageSeconds = (now: string, then: string | null): number | null =>
  then === null ? null : Number(BigInt(now) - BigInt(then)) / NS_PER_SECOND;

const above =
  <View>(value: (view: View) => number | null): Rule<View> =>
  (view, limit) => {
    const found = value(view);
    return found !== null && found >= limit ? found : null;
  };
const below =
  <View>(value: (view: View) => number): Rule<View> =>
  (view, limit) =>
    value(view) < limit ? value(view) : null;

const CONSUMER: Readonly<Record<string, Rule<ConsumerView>>> = {
  'outstanding-ack-critical': above((view) => view.inFlight),
  'waiting-critical': above((view) => view.waiting),
  'unprocessed-critical': above((view) => view.backlog),
  'redelivery-critical': above((view) => view.redelivered + view.givenUp),
  'last-delivery-critical': above((view) => ageSeconds(view.time, view.lastDelivery)),
  'last-ack-critical': above((view) => ageSeconds(view.time, view.lastAck)),
};

const STREAM: Readonly<Record<string, Rule<StreamView>>> = {
  'lag-critical': above((view) => max(view.origins.map(({ lag }) => lag))),
  'seen-critical': above((view) =>
    max(view.origins.map(({ silentSeconds }) => silentSeconds ?? 0)),
  ),
  'min-sources': below((view) => view.origins.filter(({ kind }) => kind === 'source').length),
  'max-sources': (view, limit) => {
    const sources = view.origins.filter(({ kind }) => kind === 'source').length;
    return sources > limit ? sources : null;
  },
  'peer-expect': below((view) => view.replicas.length + 1),
  'peer-lag-critical': above((view) => max(view.replicas.map(({ lag }) => lag))),
  'peer-seen-critical': above((view) => max(view.replicas.map((peer) => peer.silentSeconds))),
  'msgs-warn': messages,
  'msgs-critical': messages,
  'subjects-warn': subjects,
  'subjects-critical': subjects,
};

/** Thresholds of its own metadata that a consumer has passed. */
export const consumerBreaches = (view: ConsumerView, thresholds: Thresholds | null): Breach[] =>
  breachesOf(view, thresholds, CONSUMER);

/** The same of a stream. */
export const streamBreaches = (view: StreamView, thresholds: Thresholds | null): Breach[] =>
  breachesOf(view, thresholds, STREAM);

function breachesOf<View>(
  view: View,
  thresholds: Thresholds | null,
  rules: Readonly<Record<string, Rule<View>>>,
): Breach[] {
  if (!thresholds) return [];
  return Object.entries(thresholds).flatMap(([name, limit]) => {
    const value = rules[name]?.(view, limit) ?? null;
    return value === null ? [] : [{ key: `io.nats.monitor.${name}`, limit, value }];
  });
}

function messages(view: StreamView, limit: number): number | null {
  return view.messages >= limit ? view.messages : null;
}

function subjects(view: StreamView, limit: number): number | null {
  return view.subjectCount >= limit ? view.subjectCount : null;
}

const max = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.max(...values);
