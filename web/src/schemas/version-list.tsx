import type { SchemaUse, SchemaVersion } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { countLabel } from '../ui/number-text.ts';
import { TonedWord } from '../ui/toned-word.tsx';
import styles from './schemas.module.css';
import type { SchemaSearch } from './url.ts';

/** The versions, newest first; a click compares one with the one before it. */
export function VersionList(props: {
  versions: readonly SchemaVersion[];
  uses: readonly SchemaUse[];
  compared: { from: number | undefined; to: number } | undefined;
  onChange: (change: SchemaSearch) => void;
}): ReactNode {
  const { versions, compared, onChange } = props;
  return (
    <section className={styles.card} aria-label="Versions">
      <h2>Versions</h2>
      {versions.length === 0 && (
        <p className="quiet">
          The registry does not know this subject; messages name it. Register what they are written
          with by <code>hopline schema push</code>.
        </p>
      )}
      <ol className={styles.versions} reversed>
        {versions.toReversed().map(({ version, semver, createdAt, format, number, id }) => (
          <li key={version} data-selected={version === compared?.to || undefined}>
            <button
              type="button"
              aria-pressed={version === compared?.to}
              title={`id ${id}, number ${number} in Confluent’s framing`}
              onClick={() => onChange({ version, base: undefined })}
            >
              <span className={styles.versionName}>
                v{version} <span className="quiet">{semver}</span>
              </span>
              <span className="quiet">
                {format} · <time dateTime={createdAt}>{dayOf(createdAt)}</time>
              </span>
              <Traffic uses={props.uses.filter((use) => use.version === version)} />
            </button>
            {version !== compared?.to && (
              <button
                type="button"
                className={styles.base}
                aria-pressed={version === compared?.from}
                onClick={() => onChange({ base: version, version: compared?.to })}
              >
                {version === compared?.from ? 'compared with' : 'compare with'}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Traffic({ uses }: { uses: readonly SchemaUse[] }): ReactNode {
  const sum = (of: (use: SchemaUse) => number) => uses.reduce((all, use) => all + of(use), 0);
  const written = sum(({ role, messages }) => (role === 'producer' ? messages : 0));
  const read = sum(({ role, messages }) => (role === 'consumer' ? messages : 0));
  const failed = sum(({ decodeFailures }) => decodeFailures);
  if (written + read + failed === 0) return <span className="quiet">not in use</span>;
  return (
    <span className={styles.traffic}>
      {countLabel(written)} written, {countLabel(read)} read
      {failed > 0 && <TonedWord tone="danger">{countLabel(failed)} not decoded</TonedWord>}
    </span>
  );
}

const dayOf = (iso: string): string => iso.slice(0, 10);
