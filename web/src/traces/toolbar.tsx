import type { TraceResponse } from '@hopline/model/api';
import { Button } from '@mantine/core';
import {
  IconAlertCircle,
  IconChevronsDown,
  IconChevronsUp,
  IconRoute2,
  IconZoomReset,
} from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { ratioLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import type { CriticalPath } from './critical-path.ts';
import { ExportMenu } from './export-menu.tsx';
import type { Row, SpanTree } from './span-tree.ts';
import styles from './waterfall.module.css';

const MAX_SERVICES = 8;

/** What the trace holds in one line, and what can be done with the tree. */
export function Toolbar(props: {
  trace: TraceResponse;
  tree: SpanTree;
  critical: CriticalPath;
  isCriticalShown: boolean;
  onCritical: () => void;
  isZoomed: boolean;
  onUnzoom: () => void;
  onExpandAll: () => void;
  onCollapseAll: () => void;
  onSelect: (row: Row) => void;
}): ReactNode {
  const { trace, tree } = props;
  const services = useMemo(
    () => [...new Set(trace.spans.map((span) => span.service))].sort(),
    [trace.spans],
  );
  const errors = useMemo(() => tree.rows.filter((row) => row.isError), [tree]);
  const [firstError] = errors;
  return (
    <div className={styles.toolbar}>
      <span>
        <strong>{trace.spans.length.toLocaleString('en')}</strong>{' '}
        {trace.spans.length === 1 ? 'span' : 'spans'}
        {trace.hops.length > 0 && `, ${trace.hops.length} server hops`} in{' '}
        <strong>
          <DurationText ns={String(Math.round(tree.durationMs * 1e6))} />
        </strong>
      </span>
      {trace.truncated && (
        <span className={styles.truncated}>only the first part of a larger trace</span>
      )}
      {firstError && (
        <Button
          size="compact-xs"
          variant="default"
          c="var(--danger)"
          leftSection={<IconAlertCircle size={13} />}
          onClick={() => props.onSelect(firstError)}
        >
          {errors.length} {errors.length === 1 ? 'error' : 'errors'}
        </Button>
      )}
      <span className={styles.services}>
        {services.slice(0, MAX_SERVICES).map((service) => (
          <ServiceName key={service} name={service} />
        ))}
        {services.length > MAX_SERVICES && (
          <span className="quiet">+{services.length - MAX_SERVICES}</span>
        )}
      </span>
      <span className={styles.tools}>
        <Critical {...props} />
        {props.isZoomed && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconZoomReset size={13} />}
            onClick={props.onUnzoom}
          >
            Show all
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconChevronsDown size={13} />}
          onClick={props.onExpandAll}
        >
          Expand
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconChevronsUp size={13} />}
          onClick={props.onCollapseAll}
        >
          Collapse
        </Button>
        <ExportMenu trace={trace} />
      </span>
    </div>
  );
}

function Critical(props: {
  critical: CriticalPath;
  isCriticalShown: boolean;
  onCritical: () => void;
}): ReactNode {
  const { workMs, waitMs } = props.critical;
  if (workMs + waitMs === 0) return null;
  return (
    <Button
      size="compact-xs"
      variant={props.isCriticalShown ? 'light' : 'subtle'}
      aria-pressed={props.isCriticalShown}
      title="What the end of the trace waited for: solid where a span worked, hatched where a message waited for its consumer"
      leftSection={<IconRoute2 size={13} />}
      onClick={props.onCritical}
    >
      Critical path, {ratioLabel(waitMs / (workMs + waitMs))} of it waiting
    </Button>
  );
}
