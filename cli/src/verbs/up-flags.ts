import type { ServerInput } from '../server-door.ts';

/** The flags of `hopline up` as commander gives them. */
export interface UpFlags {
  nats?: string[];
  monitor?: string[];
  creds?: string;
  nkey?: string;
  user?: string;
  password?: string;
  token?: string;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
  traceSubject?: string;
  dataDir?: string;
  host?: string;
  port?: number;
  otlpHttpPort?: number;
  otlpGrpcPort?: number;
  logLevel?: NonNullable<ServerInput['logLevel']>;
}

/** Settings from flags; one that is not given is left out, so its environment variable or default holds. */
export function toServerInput(flags: UpFlags): ServerInput {
  return given({
    dataDir: flags.dataDir,
    logLevel: flags.logLevel,
    http: given({ host: flags.host, port: flags.port }),
    otlp: given({
      host: flags.host,
      httpPort: flags.otlpHttpPort,
      grpcPort: flags.otlpGrpcPort,
    }),
    nats: given({
      servers: flags.nats,
      creds: flags.creds,
      nkeySeed: flags.nkey,
      user: flags.user,
      password: flags.password,
      token: flags.token,
      tlsCa: flags.tlsCa,
      tlsCert: flags.tlsCert,
      tlsKey: flags.tlsKey,
      traceSubject: flags.traceSubject,
    }),
    monitor: given({ urls: flags.monitor }),
  });
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(settings: T): Given<T> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}
