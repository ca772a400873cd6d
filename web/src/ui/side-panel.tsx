import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import styles from './side-panel.module.css';

/** Details beside the page, not over it. Takes the focus when `subject` changes, Escape closes it. */
export function SidePanel(props: {
  /** Identity of what is shown. */
  subject: string;
  label: string;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  widthPx?: number;
}): ReactNode {
  const panel = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another subject scrolls back to the top.
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 });
  }, [props.subject]);
  return (
    <aside
      ref={panel}
      className={styles.panel}
      style={{ width: props.widthPx ?? 400 }}
      aria-label={props.label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        props.onClose();
      }}
    >
      <div className={styles.head}>
        {/* biome-ignore lint/a11y/useSemanticElements: a title may hold blocks, which h2 may not. */}
        <div className={styles.title} role="heading" aria-level={2}>
          {props.title}
        </div>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Close details"
          onClick={props.onClose}
        >
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div className={styles.body}>{props.children}</div>
    </aside>
  );
}

/** One part of a panel under its own small heading. */
export function PanelSection(props: { title: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section className={styles.section}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}
