import { Button } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';
import { MAX_SUBJECTS, useSchemas } from '../api/schemas.ts';
import type { TimeRange } from '../api/time-range.ts';
import { Answered } from '../ui/answered.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { NoSchemas } from './no-schemas.tsx';
import { RegistryNotice } from './registry-notice.tsx';
import { SchemaTable } from './schema-table.tsx';
import styles from './schemas.module.css';
import { Unattributed } from './unattributed.tsx';
import type { SchemasSearch } from './url.ts';

const route = getRouteApi('/schemas');

/** Every subject of the registry: its versions, who writes and reads it, what could not be decoded. */
export function SchemasPage(props: { range: TimeRange; rangePicker: ReactNode }): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const schemas = useSchemas(props.range, search.find);
  const change = useCallback(
    (changed: SchemasSearch) =>
      void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const { data } = schemas;
  return (
    <>
      <PageHeader title="Schemas" name="Schemas" end={props.rangePicker}>
        <SearchField
          label="Find a subject"
          placeholder="Subject…"
          value={search.find ?? ''}
          onChange={(find) => change({ find: find || undefined })}
          icon={<IconSearch size={14} />}
          width={220}
        />
        {search.find !== undefined && (
          <Button variant="subtle" size="xs" px={8} onClick={() => change({ find: undefined })}>
            Clear
          </Button>
        )}
        {data && data.total > data.subjects.length && (
          <span className="quiet">
            the first {MAX_SUBJECTS} of {data.total} subjects; a part of the name finds the others
          </span>
        )}
      </PageHeader>
      <Answered what="schemas" answer={schemas} rows={14}>
        {(found) => (
          <>
            {found.subjects.length > 0 && <RegistryNotice registry={found.registry} />}
            {found.unattributed.length > 0 && <Unattributed uses={found.unattributed} />}
            {found.subjects.length === 0 ? (
              <NoSchemas registry={found.registry} isFiltered={search.find !== undefined} />
            ) : (
              <div className={styles.table}>
                <SchemaTable data={found} search={search} onChange={change} />
              </div>
            )}
          </>
        )}
      </Answered>
    </>
  );
}
