import { Button, Menu } from '@mantine/core';
import { IconArrowsDiff, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './latency.module.css';
import type { LatencySearch } from './url.ts';

const NOTHING = { vs: undefined, vsConsumer: undefined, vsFrom: undefined, vsTo: undefined };

/** Chooses what the figures are compared with, and says what that is. */
export function CompareMenu(props: {
  search: LatencySearch;
  consumers: readonly string[];
  change: (changed: LatencySearch) => void;
  /** Null: nothing is compared. */
  label: string | null;
  isLoading: boolean;
  error: Error | null;
}): ReactNode {
  const { search, change, label } = props;
  const others = [...new Set(props.consumers)].filter((name) => name !== search.consumer).sort();
  return (
    <span className={styles.compare}>
      {label !== null && (
        <>
          <span className="quiet" role="status">
            {props.error
              ? `cannot compare: ${props.error.message}`
              : props.isLoading
                ? 'being compared…'
                : `compared with: ${label.toLowerCase()}`}
          </span>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconX size={12} />}
            onClick={() => change(NOTHING)}
          >
            Stop
          </Button>
        </>
      )}
      <Menu shadow="md" position="bottom-end">
        <Menu.Target>
          <Button size="compact-xs" variant="default" leftSection={<IconArrowsDiff size={13} />}>
            Compare
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => change({ ...NOTHING, vs: 'before' })}>
            With the range before
          </Menu.Item>
          {others.map((consumer) => (
            <Menu.Item key={consumer} onClick={() => change({ ...NOTHING, vsConsumer: consumer })}>
              With the consumer {consumer}
            </Menu.Item>
          ))}
          <Menu.Label>Or mark a time on the heat map</Menu.Label>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
