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

export interface Identity {
  resource: Resource;
  /** The resource's `service.name`, known before its slower attributes are. */
  serviceName: string;
}

/** Who sends: what the user set wins over what was found. */
export function identityOf(config: PreloadConfig, script: string | undefined): Identity {
  const machine = detectResources({
    detectors: [hostDetector, processDetector, serviceInstanceIdDetector],
  });
  const given = detectResources({ detectors: [envDetector] });
  const serviceName = String(
    config.serviceName ?? given.attributes[ATTR.serviceName] ?? serviceNameOf(script),
  );
  const named = resourceFromAttributes({ [ATTR.serviceName]: serviceName });
  return { resource: defaultResource().merge(machine).merge(given).merge(named), serviceName };
}
