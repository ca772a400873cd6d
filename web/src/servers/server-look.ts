import type { ServerState, ServerView } from '@hopline/model/api';
import type { Tone } from '../ui/fate-look.ts';

export const STATE_LOOK: Readonly<Record<ServerState, { label: string; tone: Tone }>> = {
  up: { label: 'Up', tone: 'ok' },
  'lame duck': { label: 'Lame duck', tone: 'warn' },
  stopped: { label: 'Stopped', tone: 'neutral' },
  down: { label: 'Down', tone: 'danger' },
  'monitoring lost': { label: 'Monitoring lost', tone: 'warn' },
  silent: { label: 'Silent', tone: 'warn' },
};

/** One word on a server, the most urgent thing first. */
export function lookOf(server: ServerView): { label: string; tone: Tone; why: string } {
  const state = STATE_LOOK[server.state];
  if (server.state === 'up' && server.health === 'error') {
    return { label: 'Not healthy', tone: 'danger', why: server.healthError };
  }
  const failed = server.endpoints.filter(({ up }) => !up);
  if (server.state === 'up' && failed.length > 0) {
    const why = failed.map(({ endpoint, error }) => `${endpoint}: ${error}`).join('; ');
    return { label: 'In part', tone: 'warn', why };
  }
  return { ...state, why: server.stateReason };
}
