import type { ReactNode } from 'react';
import { useSchemaVersion } from '../api/schemas.ts';
import { Answered } from '../ui/answered.tsx';
import styles from './schemas.module.css';

/** A version that has none before it: its text as it was registered. */
export function SchemaText({ subject, version }: { subject: string; version: number }): ReactNode {
  const text = useSchemaVersion(subject, version);
  return (
    <section className={styles.card} aria-label={`Text of version ${version}`}>
      <div className={styles.head}>
        <h2>v{version}</h2>
        <span className="quiet">the first: nothing to compare it with</span>
      </div>
      <Answered what="text" answer={text} rows={8}>
        {({ references, text: content }) => (
          <>
            {references.length > 0 && (
              <p className="quiet">
                refers to{' '}
                {references.map((one) => `${one.name} (${one.subject} v${one.version})`).join(', ')}
              </p>
            )}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
            <pre className={styles.text} tabIndex={0}>
              {indented(content)}
            </pre>
          </>
        )}
      </Answered>
    </section>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
