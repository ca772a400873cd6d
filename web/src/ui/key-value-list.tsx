import { Fragment, type ReactNode } from 'react';
import styles from './key-value-list.module.css';

/** Names and values in two columns. Values that are text can be selected and wrap anywhere. */
export function KeyValueList(props: {
  rows: readonly (readonly [name: string, value: ReactNode])[];
  /** `mono` for attributes as they came, `plain` for figures with names in words. */
  look?: 'mono' | 'plain';
}): ReactNode {
  return (
    <dl className={styles.list} data-look={props.look ?? 'plain'}>
      {props.rows.map(([name, value]) => (
        <div key={name} className={styles.row}>
          <dt>
            <BreakAtDots text={name} />
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Attribute names are long; a line ends at a dot rather than inside a word. */
function BreakAtDots({ text }: { text: string }): ReactNode {
  const [first = '', ...rest] = text.split('.');
  return (
    <>
      {first}
      {rest.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
        <Fragment key={index}>
          .<wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}
