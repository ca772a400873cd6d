import { ATTR } from '@hopline/model';
import type { Attributes } from '@opentelemetry/api';
import type { DeliverySource } from '../kernel/delivery-source.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ConsumerHandle, ConsumerSettings } from '../kernel/nats-internals.ts';

/** Where the messages of a JetStream consumer come from, in the words of the conventions. */
export function consumerSource(kernel: Kernel, consumer: ConsumerHandle): DeliverySource {
  const known = (consumer as Known)[SOURCE];
  if (known?.info === consumer._info && known.source.kernel === kernel) return known.source;
  const source = makeSource(kernel, consumer);
  Object.defineProperty(consumer, SOURCE, {
    value: { info: consumer._info, source },
    configurable: true,
  });
  return source;
}

const SOURCE = Symbol('hopline.source');
type Known = ConsumerHandle & { [SOURCE]?: { info: unknown; source: DeliverySource } };

function makeSource(kernel: Kernel, consumer: ConsumerHandle): DeliverySource {
  const { config } = consumer._info;
  const attributes: Attributes = {};
  // Only a durable: names of ephemeral and ordered consumers are new with every start.
  if (config.durable_name) attributes[ATTR.subscription] = config.durable_name;
  if (config.deliver_group) attributes[ATTR.consumerGroup] = config.deliver_group;
  return { kernel, protocol: consumer.api.nc.protocol, pattern: filterOf(config), attributes };
}

/** The filter, when there is exactly one. */
export function filterOf(config: ConsumerSettings): string | undefined {
  if (config.filter_subject) return config.filter_subject;
  return config.filter_subjects?.length === 1 ? config.filter_subjects[0] : undefined;
}
