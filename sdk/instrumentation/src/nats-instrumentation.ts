import {
  type MeterProvider,
  metrics,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import {
  type AnyConnection,
  type Classes,
  learnCore,
  learnPart,
} from './instrument/learn-classes.ts';
import { Kernel } from './kernel/kernel.ts';
import { MessagingMetrics } from './kernel/metrics.ts';
import type { Undo } from './kernel/wrap.ts';
import type { NatsInstrumentationConfig } from './nats-instrumentation-config.ts';
import { observeConnections } from './observers/connection-metrics.ts';
import { batchSurface } from './surfaces/batch.ts';
import { connectSurface } from './surfaces/connect.ts';
import { pullConsumeSurface, pushConsumeSurface } from './surfaces/consume.ts';
import { fastIngestSurface } from './surfaces/fast-ingest.ts';
import { fetchSurface } from './surfaces/fetch.ts';
import { headersSurface } from './surfaces/headers.ts';
import { iterateSurface } from './surfaces/iterate.ts';
import { jsPublishSurface } from './surfaces/js-publish.ts';
import { kvSurface } from './surfaces/kv.ts';
import { legacyOrderedSurface } from './surfaces/legacy-ordered.ts';
import { legacyPullSurface } from './surfaces/legacy-pull.ts';
import { legacySubscribeSurface } from './surfaces/legacy-subscribe.ts';
import { objectsSurface } from './surfaces/objects.ts';
import { publishSurface, respondSurface } from './surfaces/publish.ts';
import { requestSurface } from './surfaces/request.ts';
import { servicesSurface } from './surfaces/services.ts';
import { settleSurface } from './surfaces/settle.ts';
import { streamSubjectsSurface } from './surfaces/stream-subjects.ts';
import { subscribeSurface, subscriptionSurface } from './surfaces/subscribe.ts';
import { inLegacyClient, type Surface } from './surfaces/surface.ts';
import { INSTRUMENTATION_NAME, VERSION } from './version.ts';

const COMMON: Surface[] = [
  headersSurface,
  connectSurface,
  iterateSurface,
  publishSurface,
  respondSurface,
  requestSurface,
  subscribeSurface,
  subscriptionSurface,
  jsPublishSurface,
  streamSubjectsSurface,
  pullConsumeSurface,
  fetchSurface,
  pushConsumeSurface,
  settleSurface,
  kvSurface,
  objectsSurface,
  servicesSurface,
];

const SURFACES: Surface[] = [
  ...COMMON,
  ...COMMON.map(inLegacyClient),
  batchSurface,
  fastIngestSurface,
  legacyOrderedSurface,
  legacyPullSurface,
  legacySubscribeSurface,
];

type FileExports = Parameters<Surface['patch']>[0];

/**
 * Traces and measures the NATS JavaScript clients (`@nats-io/*` 3.x and `nats` 2.29). Patches the clients' internal
 * files as `require` loads them: that happens in CommonJS and in ES module applications alike, so no
 * loader hook is needed.
 */
export class NatsInstrumentation extends InstrumentationBase<NatsInstrumentationConfig> {
  readonly #kernel: Kernel;
  /** Every loaded copy of a client has its own exports. */
  readonly #loaded: { surface: Surface; exports: FileExports }[] = [];
  /** Where tracers come from while nobody gave a provider, and the tracer it gave. */
  #global: TracerProvider | undefined;
  #globalTracer: Tracer | undefined;
  #globalMeters: MeterProvider | undefined;
  #undos: Undo[] = [];
  #enabled = false;
  #given = false;

  constructor(config: NatsInstrumentationConfig = {}) {
    super(INSTRUMENTATION_NAME, VERSION, { ...config, enabled: false });
    this.#kernel = new Kernel(
      { tracer: () => this.#currentTracer(), diag: this._diag },
      new MessagingMetrics(this.meter),
    );
    observeConnections(this.meter);
    this.setConfig(config);
    // Files are watched from here on also while disabled: what is loaded meanwhile must be patched later.
    super.enable();
    if (config.enabled !== false) this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const modules = [...new Set(SURFACES.map((surface) => surface.module))];
    return modules.map((name) => {
      const surfaces = SURFACES.filter((surface) => surface.module === name);
      const files = [...new Set(surfaces.map((surface) => surface.file))];
      return new InstrumentationNodeModuleDefinition(
        name,
        surfaces[0]?.versions ?? [],
        undefined,
        undefined,
        files.map((file) =>
          moduleFile(
            surfaces.filter((surface) => surface.file === file),
            // Private members do not exist yet while the base class calls `init`; they do later.
            (surface, exports) => this.#load(surface, exports),
          ),
        ),
      );
    });
  }

  /** Called by the base class, first while it is being built. */
  protected override _updateMetricInstruments(): void {
    if (!(#kernel in this)) return;
    this.#kernel.metrics = new MessagingMetrics(this.meter);
    observeConnections(this.meter);
  }

  /**
   * A setup may come after this, and by another copy of the API: version 1.10 has one for `import` and one
   * for `require`. So a tracer that waits for its provider in one copy is not waited for.
   */
  #currentTracer(): Tracer {
    if (this.#kernel.metrics.noop) this.#lookForMeter();
    if (this.#given) return this.tracer;
    const provider = trace.getTracerProvider();
    if (provider !== this.#global || !this.#globalTracer) {
      this.#global = provider;
      this.#globalTracer = provider.getTracer(INSTRUMENTATION_NAME, VERSION);
    }
    return this.#globalTracer;
  }

  /** A meter that came too early never gets better by itself: the API has no stand-in for those. */
  #lookForMeter(): void {
    const provider = metrics.getMeterProvider();
    if (provider === this.#globalMeters) return;
    this.#globalMeters = provider;
    super.setMeterProvider(provider);
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    this.#given = !isWaiting(provider);
  }

  override setConfig(config: NatsInstrumentationConfig): void {
    super.setConfig(config);
    if (#kernel in this) this.#kernel.configure(config);
  }

  override isEnabled(): boolean {
    return #kernel in this && this.#enabled;
  }

  override enable(): void {
    // The base class calls this while it is being built; the constructor calls it again.
    if (!(#kernel in this) || this.#enabled) return;
    this.#enabled = true;
    for (const { surface, exports } of this.#loaded) this.#patch(surface, exports);
  }

  override disable(): void {
    if (!(#kernel in this)) return;
    this.#enabled = false;
    for (const undo of this.#undos) undo();
    this.#undos = [];
  }

  /** What `instrument(nc)` does, with the settings of this instrumentation. */
  async instrument(nc: object, ...parts: object[]): Promise<void> {
    const seen = new Set<unknown>();
    const add = (classes: Classes): void => {
      const fresh = Object.entries(classes).filter(([, found]) => found && !seen.has(found));
      for (const [, found] of fresh) seen.add(found);
      if (fresh.length > 0) this.#loadClasses(Object.fromEntries(fresh));
    };
    add(await this.#kernel.quietly(() => learnCore(nc as AnyConnection)));
    for (const part of parts) learnPart(part, add);
  }

  #loadClasses(classes: Classes): void {
    for (const surface of COMMON) {
      if (surface !== headersSurface || classes.MsgHdrsImpl) this.#load(surface, classes);
    }
  }

  #load(surface: Surface, exports: FileExports): void {
    const known = this.#loaded.some(
      (loaded) => loaded.surface === surface && loaded.exports === exports,
    );
    if (known) return;
    this.#loaded.push({ surface, exports });
    if (this.#enabled) this.#patch(surface, exports);
  }

  #patch(surface: Surface, exports: FileExports): void {
    const undo = this.#kernel.guard(() => surface.patch(exports, this.#kernel));
    if (undo) this.#undos.push(undo);
  }
}

/** True for the API's stand-in for a provider that has not come yet. */
function isWaiting(provider: TracerProvider): boolean {
  const { getDelegateTracer } = provider as { getDelegateTracer?: (name: string) => unknown };
  return getDelegateTracer !== undefined && !getDelegateTracer.call(provider, '');
}

function moduleFile(
  surfaces: Surface[],
  load: (surface: Surface, exports: FileExports) => void,
): InstrumentationNodeModuleFile {
  const [first] = surfaces;
  return new InstrumentationNodeModuleFile(
    `${first?.module}/${first?.file}`,
    first?.versions ?? [],
    (exports: FileExports) => {
      for (const surface of surfaces) load(surface, exports);
      return exports;
    },
    () => {},
  );
}
