import { durationNs, formatDuration } from '@hopline/model';
import type { Span } from '@hopline/model/api';
import {
  IconAlertCircleFilled,
  IconChevronDown,
  IconChevronRight,
  IconLink,
  IconServer2,
  IconUnlink,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { CriticalPart } from './critical-path.ts';
import { barOf, type View } from './layout.ts';
import type { Row } from './span-tree.ts';
import styles from './waterfall-row.module.css';

export const ROW_HEIGHT_PX = 26;
const INDENT_PX = 14;
/** Deeper levels stand at the same indent; otherwise a chain of spans leaves no room for its names. */
const MAX_INDENTS = 18;

export const WaterfallRow = memo(function WaterfallRow(props: {
  row: Row;
  topPx: number;
  view: View;
  critical: readonly CriticalPart[];
  namePx: number;
  isCollapsed: boolean;
  isSelected: boolean;
  colour: string;
  linkedFrom: number;
  onSelect: (row: Row) => void;
  onToggle: (key: string) => void;
}): ReactNode {
  const { row, view, isCollapsed, isSelected, colour } = props;
  const hasChildren = row.descendants > 0;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree holds the focus (aria-activedescendant).
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys.
    <div
      id={`row-${row.key}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={isSelected}
      {...(hasChildren ? { 'aria-expanded': !isCollapsed } : {})}
      className={styles.row}
      data-kind={row.item.kind}
      style={{ transform: `translateY(${props.topPx}px)`, height: ROW_HEIGHT_PX }}
      onClick={() => props.onSelect(row)}
    >
      <div
        className={styles.name}
        style={{
          width: props.namePx,
          paddingLeft: 8 + Math.min(row.depth, MAX_INDENTS) * INDENT_PX,
        }}
      >
        <Caret row={row} isCollapsed={isCollapsed} onToggle={props.onToggle} />
        <Name row={row} colour={colour} />
        <Signs row={row} isCollapsed={isCollapsed} linkedFrom={props.linkedFrom} />
      </div>
      <Timeline row={row} view={view} colour={colour}>
        {props.critical.map((part) => (
          <Critical key={part.fromMs} part={part} view={view} />
        ))}
      </Timeline>
    </div>
  );
});

function Caret(props: {
  row: Row;
  isCollapsed: boolean;
  onToggle: (key: string) => void;
}): ReactNode {
  const { row, isCollapsed } = props;
  if (row.descendants === 0) return <span className={styles.leaf} />;
  const Shape = isCollapsed ? IconChevronRight : IconChevronDown;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.caret}
      aria-label={isCollapsed ? `Expand ${row.descendants} rows` : 'Collapse'}
      onClick={(event) => {
        event.stopPropagation();
        props.onToggle(row.key);
      }}
    >
      <Shape size={14} />
      {isCollapsed && <span>{row.descendants}</span>}
    </button>
  );
}

function Name({ row, colour }: { row: Row; colour: string }): ReactNode {
  if (row.item.kind === 'hop') {
    const { hop } = row.item;
    return (
      <>
        <IconServer2 size={13} className={styles.server} aria-label="server" />
        <span className={styles.text} title={`${hop.server}, ${hop.ingressKind}`}>
          {hop.server}
          <span className="quiet"> {hop.stream ? `stored in ${hop.stream}` : hop.ingressKind}</span>
        </span>
      </>
    );
  }
  const { span } = row.item;
  return (
    <>
      <span className={styles.swatch} style={{ background: colour }} aria-hidden="true" />
      <span className={styles.both} title={`${span.service}: ${span.name}`}>
        <span className={styles.service}>{span.service || 'unknown'}</span>
        <span className={styles.operation}>{span.name}</span>
      </span>
    </>
  );
}

function Signs(props: { row: Row; isCollapsed: boolean; linkedFrom: number }): ReactNode {
  const { row, isCollapsed, linkedFrom } = props;
  const links = (row.item.kind === 'span' ? row.item.span.links.length : 0) + linkedFrom;
  return (
    <span className={styles.signs}>
      {row.isError && (
        <IconAlertCircleFilled size={14} className={styles.error} aria-label="error" />
      )}
      {!row.isError && isCollapsed && row.hasErrorBelow && (
        <IconAlertCircleFilled size={14} className={styles.below} aria-label="error below" />
      )}
      {row.attachment === 'missing parent' && (
        <IconUnlink size={13} className={styles.missing} aria-label="its parent is missing" />
      )}
      {links > 0 && (
        <span className={styles.links} title={`${links} ${links === 1 ? 'link' : 'links'}`}>
          <IconLink size={12} aria-hidden />
          {links > 1 && links}
        </span>
      )}
    </span>
  );
}

function Critical({ part, view }: { part: CriticalPart; view: View }): ReactNode {
  const { left, width, isInside } = barOf(
    { startMs: part.fromMs, durationMs: part.toMs - part.fromMs },
    view,
  );
  if (!isInside) return null;
  return (
    <span
      className={styles.critical}
      data-kind={part.kind}
      title={part.kind === 'wait' ? 'waited for its consumer' : 'on the critical path'}
      style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
    />
  );
}

function Timeline(props: { row: Row; view: View; colour: string; children: ReactNode }): ReactNode {
  const { row, view, colour, children } = props;
  const bar = barOf(row, view);
  if (!bar.isInside) return <div className={styles.timeline}>{children}</div>;
  const end = bar.left + bar.width;
  // The duration stands behind the bar, or before it where there is no room behind.
  // A server's dot is wider than its time.
  const gapPx = row.item.kind === 'hop' ? 11 : 6;
  const label =
    end < 0.86
      ? { left: `calc(${end * 100}% + ${gapPx}px)` }
      : bar.left > 0.14
        ? { right: `calc(${(1 - bar.left) * 100}% + 2px)` }
        : { right: 8 };
  return (
    <div className={styles.timeline}>
      <span
        className={styles.bar}
        data-kind={row.item.kind === 'hop' ? 'hop' : undefined}
        data-error={row.isError || undefined}
        data-span-kind={row.item.kind === 'span' ? row.item.span.kind : undefined}
        style={{
          left: `${bar.left * 100}%`,
          width: `${bar.width * 100}%`,
          ...(row.item.kind === 'span' ? { background: colour } : {}),
        }}
      />
      {children}
      <span
        className={styles.duration}
        data-inside={!('left' in label) && bar.left <= 0.14 ? true : undefined}
        data-before={!('left' in label) && bar.left > 0.14 ? true : undefined}
        style={label}
      >
        {row.item.kind === 'span' ? spanDuration(row.item.span) : hopDuration(row)}
      </span>
    </div>
  );
}

const spanDuration = (span: Span): string => formatDuration(durationNs(span.duration));

/** One mark of a server is a point in time, not a stretch of no length. */
const hopDuration = (row: Row): string =>
  row.durationMs === 0 ? '' : formatDuration(BigInt(Math.round(row.durationMs * 1e6)));
