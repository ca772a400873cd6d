import { Button, Menu } from '@mantine/core';
import { IconArrowsDiff, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { usePaths } from '../api/latency.ts';
import type { TimeRange } from '../api/time-range.ts';
import styles from './latency.module.css';
import { type LatencySearch, pathOf } from './url.ts';

const NOTHING = { vs: undefined, vsConsumer: undefined, vsFrom: undefined, vsTo: undefined };

/** Chooses what the figures are compared with, and says what that is. */
export function CompareMenu(props: {
  search: LatencySearch;
  range: TimeRange;
  change: (changed: LatencySearch) => void;
  /** Null: nothing is compared. */
  label: string | null;
  isLoading: boolean;
  error: Error | null;
}): ReactNode {
  const { search, change, label } = props;
  return (
    <span className={styles.compare}>
      {label !== null && (
        <>
          <span className="quiet" role="status">
            {props.error
              ? `cannot compare: ${props.error.message}`
              : props.isLoading
                ? 'being compared…'
                : `compared with: ${label}`}
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
          <OtherConsumers
            search={search}
            range={props.range}
            onChoose={(vsConsumer) => change({ ...NOTHING, vsConsumer })}
          />
          <Menu.Label>Or mark a time on the heat map</Menu.Label>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

/** Whoever else takes what this path carries. Drawn, and so asked for, when the menu is open. */
function OtherConsumers(props: {
  search: LatencySearch;
  range: TimeRange;
  onChoose: (consumer: string) => void;
}): ReactNode {
  const { consumer: own, ...rest } = pathOf(props.search);
  const paths = usePaths(rest, props.range);
  const names = new Set(paths.data?.paths.map(({ consumer }) => consumer));
  return [...names]
    .filter((name) => name !== own && name !== '')
    .sort()
    .map((name) => (
      <Menu.Item key={name} onClick={() => props.onChoose(name)}>
        With the consumer {name}
      </Menu.Item>
    ));
}
