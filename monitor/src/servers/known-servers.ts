import type { ServerState, ServerView } from '@hopline/model/api';
import { statszFigures } from '../endpoints/server-figures.ts';
import { emptyAnswer, type MonitoringStatus, type ServerAnswer } from './monitoring-server.ts';
import { withRates } from './rates-between.ts';
import type { ServerSigns } from './system-account.ts';

export interface AskedServer {
  status: MonitoringStatus;
  answer: ServerAnswer;
  /** Its name where no URL leads to it: it was asked over the system account. */
  heardAs?: string;
  /** Its URL gave no answer: this one came over the system account. */
  isUrlLost?: boolean;
}

/** A heartbeat every 10 s: three missed ones are no chance. */
const HEARTBEAT_LOST_MS = 35_000;
/** From one heartbeat to the next, and what a busy machine adds. */
const HEARTBEAT_DUE_MS = 15_000;
const MAX_NAMED = 10_000;

/** Every server that is known, with the state that follows from all we have of it. */
export class KnownServers {
  #before = new Map<string, { view: ServerView; timeMs: number }>();
  /** Who answered at a URL when it last did. */
  readonly #identities = new Map<string, { id: string; cluster: string }>();
  /** Unix ms of the sweep in which a URL first gave no answer. */
  readonly #failing = new Map<string, number>();

  views(
    asked: readonly AskedServer[],
    signs: ReadonlyMap<string, ServerSigns>,
    nowMs: number,
  ): ServerView[] {
    const peers = new Set(asked.flatMap(({ answer }) => answer.peers));
    // A member of a RAFT group stays one when it is dead; a connection to it ends.
    const linked = new Set(
      asked.flatMap(({ answer }) =>
        answer.links.flatMap(({ kind, remote }) =>
          kind === 'route' || kind === 'leaf' ? [remote] : [],
        ),
      ),
    );
    // Who may not be asked over the system account is heard all the same.
    const mute = new Map(
      asked.flatMap((one) => (isMute(one) ? [[one.heardAs ?? '', one.answer] as const] : [])),
    );
    const spoken = asked.filter((one) => !isMute(one));
    const views = spoken.map((one) => {
      if (one.answer.identity) this.#identities.set(one.status.url, one.answer.identity);
      return this.#view(one, { linked, signs, nowMs });
    });
    const before = this.#before;
    this.#before = new Map();
    for (const [at, view] of views.entries()) {
      const last = before.get(view.id);
      if (last && view.figures && last.view.figures) {
        const seconds = (nowMs - last.timeMs) / 1000;
        views[at] = { ...view, figures: withRates(view.figures, last.view.figures, seconds) };
      }
      this.#before.set(view.id, { view, timeMs: nowMs });
    }
    return [...views, ...unasked(views, peers, { signs, nowMs, mute })];
  }

  #view(
    { status, answer, heardAs, isUrlLost = false }: AskedServer,
    known: {
      linked: ReadonlySet<string>;
      signs: ReadonlyMap<string, ServerSigns>;
      nowMs: number;
    },
  ): ServerView {
    const identity = this.#identities.get(status.url);
    if (status.up) this.#failing.delete(status.url);
    const failingMs = this.#failing.get(status.url) ?? known.nowMs;
    if (!status.up) this.#failing.set(status.url, failingMs);
    const { state, stateReason } = isUrlLost
      ? { state: 'monitoring lost' as const, stateReason: status.error }
      : stateOf(status, { ...known, failingMs, sign: known.signs.get(status.server) });
    return {
      name: status.server || status.url,
      id: identity?.id ?? '',
      cluster: identity?.cluster ?? '',
      version: status.version,
      url: heardAs === undefined ? status.url : '',
      source: heardAs === undefined && !isUrlLost ? 'monitoring URL' : 'system account',
      state,
      stateReason,
      lastSuccess: status.lastSuccess,
      ...partsOf(answer),
    };
  }
}

interface Heard {
  signs: ReadonlyMap<string, ServerSigns>;
  nowMs: number;
  /** Answers without a word, by name. */
  mute: ReadonlyMap<string, ServerAnswer>;
}

/** Never an answer over the system account: no permission, mostly. */
const isMute = ({ heardAs, status }: AskedServer): boolean =>
  heardAs !== undefined && status.server === '';

/** Servers that no URL leads to: their heartbeats are heard, or others speak of them. */
function unasked(
  views: readonly ServerView[],
  peers: ReadonlySet<string>,
  known: Heard,
): ServerView[] {
  const answered = new Set(views.flatMap(({ name, id }) => [name, id]));
  return [...new Set([...peers, ...known.signs.keys()])]
    .filter((name) => name !== '' && !answered.has(name))
    .slice(0, MAX_NAMED)
    .map((name) => unaskedView(name, known));
}

function unaskedView(name: string, { signs: all, nowMs, mute }: Heard): ServerView {
  const signs = all.get(name);
  const answer = mute.get(name);
  const view: ServerView = {
    name,
    id: signs?.server.id ?? '',
    cluster: signs?.server.cluster ?? '',
    version: signs?.server.version ?? '',
    url: '',
    source: signs ? 'system account' : 'named by others',
    state: 'silent',
    stateReason: 'other servers name it; it was never heard and no monitoring URL leads to it',
    lastSuccess:
      signs?.heartbeatMs == null ? null : (BigInt(signs.heartbeatMs) * 1_000_000n).toString(),
    ...partsOf(answer ?? emptyAnswer()),
  };
  if (!signs) return view;
  if (signs.announced === 'shutdown') {
    return { ...view, state: 'stopped', stateReason: 'it announced its shutdown' };
  }
  if (!isHeard(signs, nowMs)) {
    return { ...view, state: 'down', stateReason: 'its heartbeats have ended without a word' };
  }
  const [refusal] = answer?.endpoints ?? [];
  const isLeaving = signs.announced === 'lame duck';
  return {
    ...view,
    state: isLeaving ? 'lame duck' : 'up',
    stateReason: isLeaving
      ? 'it announced that it will leave'
      : `its heartbeats are all that is known: ${refusal?.error ?? 'it was not asked yet'}`,
    figures: statszFigures(signs.statsz),
  };
}

const isHeard = ({ heartbeatMs }: ServerSigns, nowMs: number): boolean =>
  heartbeatMs !== null && nowMs - heartbeatMs < HEARTBEAT_LOST_MS;

function partsOf(answer: ServerAnswer) {
  const { health, healthError, figures, jetstream, links, queues, matching } = answer;
  const { accounts, raft, endpoints } = answer;
  const parts = { health, healthError, figures, jetstream, links, queues, matching };
  return { ...parts, accounts, raft, endpoints };
}

function stateOf(
  { up, server, error }: MonitoringStatus,
  {
    linked,
    sign,
    nowMs,
    failingMs,
  }: {
    linked: ReadonlySet<string>;
    sign: ServerSigns | undefined;
    nowMs: number;
    failingMs: number;
  },
): { state: ServerState; stateReason: string } {
  if (up) {
    return sign?.announced === 'lame duck'
      ? { state: 'lame duck', stateReason: 'it announced that it will leave' }
      : { state: 'up', stateReason: error };
  }
  if (sign?.announced) {
    return { state: 'stopped', stateReason: `it announced its ${sign.announced}: ${error}` };
  }
  if (server === '') return { state: 'silent', stateReason: `it never answered: ${error}` };
  // A heartbeat from before the URL failed says nothing of now, but the next one is waited for.
  const beatMs = sign?.heartbeatMs ?? 0;
  if (beatMs > failingMs && nowMs - beatMs < HEARTBEAT_LOST_MS) {
    return { state: 'monitoring lost', stateReason: `its heartbeats arrive: ${error}` };
  }
  if (nowMs - beatMs < HEARTBEAT_DUE_MS) {
    const seconds = Math.round((nowMs - beatMs) / 1000);
    const stateReason = `its last heartbeat came ${seconds} s ago, the next one will tell: ${error}`;
    return { state: 'monitoring lost', stateReason };
  }
  if (linked.has(server)) {
    return { state: 'monitoring lost', stateReason: `others are connected to it: ${error}` };
  }
  return { state: 'down', stateReason: error };
}
