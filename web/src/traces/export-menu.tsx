import type { TraceResponse } from '@hopline/model/api';
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { download } from '../ui/download.ts';
import { otlpOf } from './otlp-export.ts';

/** The trace as a file: for a colleague, an issue, or another tool. */
export function ExportMenu({ trace }: { trace: TraceResponse }): ReactNode {
  const save = (name: string, content: object): void =>
    download(`${name}-${trace.traceId}.json`, 'application/json', JSON.stringify(content, null, 2));
  return (
    <Menu shadow="md" position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={13} />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save('trace', otlpOf(trace))}>OTLP/JSON</Menu.Item>
        <Menu.Item onClick={() => save('hopline', trace)}>
          JSON, with hops, logs, advisories
        </Menu.Item>
        <Menu.Item
          disabled={trace.hops.length === 0}
          onClick={() => save('server-events', { hops: trace.hops, advisories: trace.advisories })}
        >
          What the servers told
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
