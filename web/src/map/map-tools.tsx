import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconFocusCentered, IconHistory, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { GROUPINGS } from './groups.ts';
import type { MapSearch } from './url.ts';

/** How far from the node in focus, in services. Short: the line is full when a node is in focus. */
const HOPS = [
  { value: '1', label: '1 hop' },
  { value: '2', label: '2' },
  { value: '3', label: '3' },
];
const GROUPED = GROUPINGS.map((value) => ({ value, label: `By ${value}` }));

/** What of the map is shown, and how: the address holds it all. */
export function MapTools(props: {
  search: MapSearch;
  change: (changed: MapSearch) => void;
  onReplay: () => void;
}): ReactNode {
  const { search, change } = props;
  const { focus, hops, group, view, at } = search;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="View"
        value={view ?? 'graph'}
        onChange={(value) => change({ view: value === 'table' ? 'table' : undefined })}
        data={[
          { value: 'graph', label: 'Graph' },
          { value: 'table', label: 'Table' },
        ]}
      />
      <Select
        size="xs"
        aria-label="Grouping"
        placeholder="No groups"
        data={GROUPED}
        value={group ?? null}
        onChange={(value) => change({ group: GROUPINGS.find((name) => name === value) })}
        clearable
        w={134}
      />
      {focus && (
        <Button
          size="xs"
          variant="light"
          px={9}
          maw={190}
          title={`Around ${nameOfId(focus)}; click to see all`}
          leftSection={<IconFocusCentered size={14} />}
          rightSection={<IconX size={13} />}
          onClick={() => change({ focus: undefined, hops: undefined })}
        >
          <span className="ellipsis">Around {nameOfId(focus)}</span>
        </Button>
      )}
      {focus && (
        <SegmentedControl
          size="xs"
          aria-label="Services away"
          value={hops ?? '1'}
          onChange={(value) => change({ hops: value === '1' ? undefined : value })}
          data={HOPS}
        />
      )}
      <Button
        size="xs"
        variant={at === undefined ? 'default' : 'light'}
        px={9}
        leftSection={<IconHistory size={14} />}
        aria-pressed={at !== undefined}
        title="Step through the time range (r)"
        onClick={props.onReplay}
      >
        Replay
      </Button>
    </>
  );
}

/** `payment` of `service:payment`. */
const nameOfId = (id: string): string => id.slice(id.indexOf(':') + 1);
