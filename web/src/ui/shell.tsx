import type { Icon } from '@tabler/icons-react';
import { Link, type LinkProps, useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';
import { Logo } from './logo.tsx';
import styles from './shell.module.css';

export interface NavItem {
  to: NonNullable<LinkProps['to']>;
  /** Begins of the paths of other pages that belong to it: `/streams/`. */
  covers?: readonly string[];
  label: string;
  icon: Icon;
  /** A sign on the icon and its meaning in words. */
  alert?: { tone: 'danger' | 'warn' | 'ok'; text: string } | undefined;
}

/** The frame of every page: navigation at the left, banners on top, the page in the rest. */
export function Shell(props: {
  items: readonly NavItem[];
  footer: ReactNode;
  banners: ReactNode;
  children: ReactNode;
}): ReactNode {
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <nav className={styles.rail} aria-label="Main">
        <Link to="/" className={styles.logo} aria-label="Hopline, to the map">
          <Logo />
        </Link>
        {props.items.map((item) => (
          <RailLink key={item.to} item={item} />
        ))}
        <div className={styles.spacer} />
        <ColorSchemeToggle />
        {props.footer}
      </nav>
      <div className={styles.column}>
        {props.banners}
        <main id="main" className={styles.main} tabIndex={-1}>
          {props.children}
        </main>
      </div>
    </div>
  );
}

function RailLink({ item }: { item: NavItem }): ReactNode {
  const Shape = item.icon;
  const path = useLocation({ select: ({ pathname }) => pathname });
  const isWithin = item.covers?.some((begin) => path.startsWith(begin));
  return (
    <Link
      to={item.to}
      className={styles.item}
      activeProps={{ 'data-active': true }}
      data-active={isWithin || undefined}
      activeOptions={{ exact: item.to === '/', includeSearch: false }}
      title={item.alert?.text}
    >
      <span className={styles.glyph}>
        <Shape size={19} stroke={1.6} aria-hidden />
        {item.alert && <span className={styles.dot} data-tone={item.alert.tone} />}
      </span>
      <span>{item.label}</span>
      {item.alert && <span className="visually-hidden">{item.alert.text}</span>}
    </Link>
  );
}
