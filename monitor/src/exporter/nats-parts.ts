import type { SurveyorListeners } from '../events/surveyor-listeners.ts';
import type { SystemSource } from '../servers/system-source.ts';
import type { ConnectionState } from '../transport/connection.ts';
import type { NativeSettings } from './exporter-settings.ts';
import { readSurveyorConfigs } from './surveyor-configs.ts';

/** What the exporter has of NATS itself, besides monitoring URLs. */
export interface NatsParts extends AsyncDisposable {
  /** All servers of the system. */
  system?: SystemSource | undefined;
  /** What accounts and services tell; with surveyor's names only. */
  listeners?: SurveyorListeners | undefined;
}

/** Connects as the settings say; loads a NATS client only then. Throws MonitorSettingsError. */
export async function openNats(
  { system: nats, folders }: NativeSettings,
  onState?: (state: ConnectionState) => void,
): Promise<NatsParts> {
  await using stack = new AsyncDisposableStack();
  const parts: Omit<NatsParts, typeof Symbol.asyncDispose> = {};
  if (nats) {
    const { SystemSource } = await import('../servers/system-source.ts');
    parts.system = stack.use(new SystemSource({ nats, onState }));
  }
  if (nats && folders) {
    const listeners = await readSurveyorConfigs(folders, nats.servers);
    const { SurveyorListeners } = await import('../events/surveyor-listeners.ts');
    parts.listeners = stack.use(new SurveyorListeners(listeners, onState));
  }
  const owned = stack.move();
  return { ...parts, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
