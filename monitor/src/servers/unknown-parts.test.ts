import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointState, ServerView } from '@hopline/model/api';
import { unknownParts } from './unknown-parts.ts';

const endpoint = (name: string, error = ''): EndpointState => ({
  endpoint: name,
  up: error === '',
  error,
  reason: error === '' ? '' : 'status',
  durationMs: 1,
  lastSuccess: null,
});

const server = (change: Partial<ServerView>): ServerView =>
  ({
    name: 'n1',
    source: 'monitoring URL',
    state: 'up',
    stateReason: '',
    endpoints: [endpoint('varz'), endpoint('jsz'), endpoint('connz')],
    ...change,
  }) as ServerView;

const words = (servers: ServerView[], account?: { refusal: string }): string[] =>
  unknownParts(servers, account).map(
    ({ part, server: name, reason }) => `${part} ${name}: ${reason}`,
  );

test('nothing is unknown of servers that answered', () => {
  assert.deepEqual(words([server({})]), []);
});

test('an endpoint that is off, a server that is down, one that may only be heard', () => {
  const off = server({ endpoints: [endpoint('jsz', 'answered 404'), endpoint('connz')] });
  assert.deepEqual(words([off]), ['streams and consumers n1: /jsz: answered 404']);
  const refused = [endpoint('varz', 'permission denied')];
  assert.deepEqual(words([server({ endpoints: refused })]), [
    'streams and consumers n1: /varz: permission denied',
    'connections n1: /varz: permission denied',
  ]);
  const dead = server({ state: 'down', stateReason: 'its heartbeats have ended', endpoints: [] });
  assert.equal(words([dead])[0], 'streams and consumers n1: its heartbeats have ended');
});

test('what ended as planned, and what only others name, is not missed', () => {
  const stopped = server({ state: 'stopped', endpoints: [] });
  const named = server({ state: 'silent', source: 'named by others', endpoints: [] });
  assert.deepEqual(words([server({}), stopped, named]), []);
});

test('a tenant knows no servers; without permission no streams either', () => {
  const parts = (refusal: string): string[] =>
    unknownParts([], { refusal }).map(({ part }) => part);
  assert.deepEqual(parts(''), ['servers', 'connections']);
  assert.deepEqual(parts('no permission'), ['servers', 'connections', 'streams and consumers']);
});

test('no server at all: everything is unknown', () => {
  assert.equal(words([]).length, 3);
});
