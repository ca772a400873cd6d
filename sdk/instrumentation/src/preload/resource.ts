import { ATTR } from '@hopline/model';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  processDetector,
  type Resource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import type { PreloadConfig } from './preload-config.ts';
import { serviceNameOf } from './service-name.ts';

/** Who sends: later entries win, so what the user set wins over what was found. */
export function resourceOf(config: PreloadConfig, script: string | undefined): Resource {
  const found = resourceFromAttributes({ [ATTR.serviceName]: serviceNameOf(script) });
  const machine = detectResources({
    detectors: [hostDetector, processDetector, serviceInstanceIdDetector],
  });
  const given = detectResources({ detectors: [envDetector] });
  const named = resourceFromAttributes(
    config.serviceName ? { [ATTR.serviceName]: config.serviceName } : {},
  );
  return defaultResource().merge(found).merge(machine).merge(given).merge(named);
}
