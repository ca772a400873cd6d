// Loaded before everything else into each process of the test runs (NODE_OPTIONS, see record-sent.ts): reads along
// what connections of the product send to NATS servers, before TLS, and writes down what is not known to only
// read. Plain JavaScript: any Node of the tests must be able to load it.
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { isAllowedGet, isAllowedLine, isMonitoringPath, isOurs, isUsers } from './allowed.mjs';

const directory = process.env.HOPLINE_RECORD_DIR;
const script = process.argv[1] ?? '';
/** All connections of these processes are ours; in others, tests have connections too. */
const isProduct =
  /[/\\](?:cli[/\\]src[/\\]main\.ts|bin[/\\]hopline\.mjs|\.bin[/\\]hopline|server-process\.fixture\.ts)$/.test(
    script,
  );
const seen = { connections: 0, lines: 0, gets: 0 };
/** How often each kind of question was asked, ids and names left out. */
const kinds = {};
const count = (kind) => {
  kinds[kind] = (kinds[kind] ?? 0) + 1;
};

if (directory) {
  readSockets();
  readRequests();
  process.on('exit', () => {
    if (seen.connections + seen.gets > 0) write('seen', { script, ...seen, kinds });
  });
}

function write(kind, fields) {
  appendFileSync(join(directory, `${kind}.jsonl`), `${JSON.stringify(fields)}\n`);
}

function complain(of, sent) {
  write('acts', { script, of, sent: sent.slice(0, 300) });
}

/** Protocol lines of one connection, without the payloads that follow some of them. */
class Lines {
  #rest = '';
  #skip = 0;
  name = '';
  ours = true;

  take(text) {
    this.#rest += text;
    for (;;) {
      const skipped = Math.min(this.#skip, this.#rest.length);
      this.#rest = this.#rest.slice(skipped);
      this.#skip -= skipped;
      const end = this.#rest.indexOf('\r\n');
      if (this.#skip > 0 || end < 0) return;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      this.#line(line);
      if (!this.ours) return;
    }
  }

  #line(line) {
    seen.lines++;
    if (line.startsWith('CONNECT ')) {
      this.name = String(JSON.parse(line.slice(8)).name ?? '');
      this.ours = isOurs(this.name) || (isProduct && !isUsers(this.name));
      if (this.ours) seen.connections++;
    } else if (!isAllowedLine(this.name, line)) complain(this.name, line);
    const subject = /^H?PUB (\S+) /.exec(line)?.[1];
    if (subject === undefined) return;
    this.#skip = Number(line.slice(line.lastIndexOf(' ') + 1)) + 2;
    if (this.ours) count(`PUB ${subject.replace(/(?<=\.)(?![A-Z]+(?:\.|$))[^.]+/g, '*')}`);
  }
}

/** Over TLS too: what is written to a TLS socket is still plain here. */
function readSockets() {
  const known = new WeakMap();
  const writePlain = Socket.prototype.write;
  Socket.prototype.write = function (data, encoding, callback) {
    try {
      read(this, data, encoding);
    } catch (error) {
      complain('recorder', String(error));
    }
    return writePlain.call(this, data, encoding, callback);
  };
  const read = (socket, data, encoding) => {
    let lines = known.get(socket);
    if (lines === null) return;
    const text = typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data ?? '');
    const latin = text.toString('latin1');
    if (lines === undefined) {
      // Whoever speaks first says what it is: only clients of NATS begin like this.
      lines = latin.startsWith('CONNECT {') ? new Lines() : null;
      known.set(socket, lines);
    }
    lines?.take(latin);
    if (lines && !lines.ours) known.set(socket, null);
  };
}

/**
 * In every process: a test asks the monitoring port of a server with nothing but GETs either, unless it says
 * `user-agent: a test`. An origin that was asked for `/varz` is such a port; other endpoints tell by their names.
 */
function readRequests() {
  const byOrigin = new Map();
  const take = (origin, method, path) => {
    const earlier = byOrigin.get(origin);
    if (earlier === 'nats') return judge(origin, method, path);
    if (/\/varz(?:\?|$)/.test(path)) {
      byOrigin.set(origin, 'nats');
      for (const [before, at] of [...(earlier ?? []), [method, path]]) judge(origin, before, at);
    } else if (isMonitoringPath(path)) judge(origin, method, path);
    else byOrigin.set(origin, [...(earlier ?? []), [method, path]].slice(-20));
  };
  const judge = (origin, method, path) => {
    seen.gets++;
    count(`${method} ${/[^/?]*(?=\?|$)/.exec(path)?.[0]}`);
    if (!isAllowedGet(method, path)) complain(origin, `${method} ${path}`);
  };
  subscribe('http.client.request.start', ({ request }) => {
    if (request.getHeader('user-agent') === 'a test') return;
    take(request.getHeader('host'), request.method, request.path);
  });
  subscribe('undici:request:create', ({ request }) =>
    take(new URL(request.origin).host, request.method, request.path),
  );
}
