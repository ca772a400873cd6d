import type { Span } from '@hopline/model/api';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PanelSection } from '../ui/side-panel.tsx';
import { type Row, type SpanTree, spanKey } from './span-tree.ts';
import styles from './waterfall.module.css';

/** Links of a span both ways: what it points to, and what points to it. */
export function SpanLinks(props: {
  span: Span;
  tree: SpanTree;
  onSelect: (row: Row) => void;
}): ReactNode {
  const { span, tree, onSelect } = props;
  const back = tree.linkedFrom.get(spanKey(span)) ?? [];
  if (span.links.length === 0 && back.length === 0) return null;
  return (
    <PanelSection title={`Links (${span.links.length + back.length})`}>
      <ul className={styles.linkList}>
        {span.links.map((link) => (
          <li key={spanKey(link)}>
            <IconArrowRight size={13} aria-label="links to" />
            <Target
              row={rowOf(tree, spanKey(link))}
              traceId={link.traceId}
              spanId={link.spanId}
              onSelect={onSelect}
            />
          </li>
        ))}
        {back.map((key) => {
          const row = rowOf(tree, key);
          const [traceId = '', spanId = ''] = key.split('-');
          return (
            <li key={`from ${key}`}>
              <IconArrowLeft size={13} aria-label="linked from" />
              <Target row={row} traceId={traceId} spanId={spanId} onSelect={onSelect} />
            </li>
          );
        })}
      </ul>
    </PanelSection>
  );
}

function rowOf(tree: SpanTree, key: string): Row | undefined {
  return tree.rows[tree.indexOf.get(key) ?? -1];
}

function Target(props: {
  row: Row | undefined;
  traceId: string;
  spanId: string;
  onSelect: (row: Row) => void;
}): ReactNode {
  const { row, traceId, spanId } = props;
  if (row?.item.kind === 'span') {
    const { span } = row.item;
    return (
      <button type="button" onClick={() => props.onSelect(row)}>
        {span.service}: {span.name}
      </button>
    );
  }
  return (
    <Link to="/traces/$traceId" params={{ traceId }} search={{ span: spanId }}>
      span {spanId.slice(0, 8)} of trace {traceId.slice(0, 8)}
    </Link>
  );
}
