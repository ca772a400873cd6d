import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { MiddleText } from './middle-text.tsx';
import { assignServiceColours, serviceColour } from './service-colours.ts';
import styles from './service-name.module.css';

const Context = createContext<ReadonlyMap<string, string>>(new Map());

/** Gives every service of the system its colour, the same on every page. */
export function ServiceColours(props: {
  names: readonly string[];
  children: ReactNode;
}): ReactNode {
  const key = props.names.join('\n');
  const colours = useMemo(() => assignServiceColours(key === '' ? [] : key.split('\n')), [key]);
  return <Context value={colours}>{props.children}</Context>;
}

/** The colour of a service by name, as a CSS value. */
export function useServiceColour(): (name: string) => string {
  const colours = useContext(Context);
  return (name) => colours.get(name) ?? serviceColour(name);
}

/** A service: its colour as a square, and its name. '' reads as unknown. */
export function ServiceName({ name, strong }: { name: string; strong?: boolean }): ReactNode {
  const colourOf = useServiceColour();
  if (name === '') return <span className="quiet">unknown</span>;
  return (
    <span className={styles.service} data-strong={strong || undefined} title={name}>
      <span className={styles.swatch} style={{ background: colourOf(name) }} aria-hidden="true" />
      <span className="ellipsis">
        <MiddleText text={name} />
      </span>
    </span>
  );
}
