import type { ResponseOf } from '@hopline/model/api';
import { IconFileOff, IconFilterOff, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';

/** Why there is nothing, and what to do about it. */
export function NoSchemas(props: {
  registry: ResponseOf<'schemas'>['registry'];
  isFiltered: boolean;
}): ReactNode {
  const { state, bucket, error } = props.registry;
  if (props.isFiltered) {
    return (
      <EmptyState icon={IconFilterOff} title="No subject has this in its name">
        <p>Clear the filter to see them all.</p>
      </EmptyState>
    );
  }
  if (state === 'off') {
    return (
      <EmptyState icon={IconPlugConnectedX} title="Hopline knows no NATS server">
        <p>
          Schemas lie beside the messages, in NATS key-value. Start with{' '}
          <code>hopline up --nats nats://host:4222</code>.
        </p>
      </EmptyState>
    );
  }
  if (state === 'unreachable') {
    return (
      <EmptyState icon={IconPlugConnectedX} title="The schema registry cannot be read">
        <p>{error}</p>
        <p>It is asked again by itself, every few seconds.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconFileOff} title="No schema is registered">
      <p>
        A schema says what a message looks like, and keeps a new version from breaking those who
        read it. Register the first:
      </p>
      <p>
        <code>hopline schema push shop.order.created order.avsc</code>
      </p>
      <p>
        Bucket <code>{bucket}</code>; <code>.avsc</code>, <code>.proto</code> and JSON Schema are
        understood.
      </p>
    </EmptyState>
  );
}
