import type { ReactNode } from 'react';
import { useSchemaVersion } from '../api/schemas.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
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
      {text.isPending && <LoadingRows rows={8} label="The text is being loaded" />}
      {text.isError && (
        <ErrorState
          title="The text could not be loaded"
          error={text.error}
          onRetry={() => void text.refetch()}
        />
      )}
      {text.data && (
        <>
          {text.data.references.length > 0 && (
            <p className="quiet">
              refers to{' '}
              {text.data.references
                .map((one) => `${one.name} (${one.subject} v${one.version})`)
                .join(', ')}
            </p>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
          <pre className={styles.text} tabIndex={0}>
            {indented(text.data.text)}
          </pre>
        </>
      )}
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
