import type { ResponseOf, SchemaSubject } from '@hopline/model/api';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { countLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import { parseSort, sortText } from '../ui/sort-rows.ts';
import { TonedWord } from '../ui/toned-word.tsx';
import styles from './schemas.module.css';
import type { SchemasSearch } from './url.ts';

/** One row a subject. */
export function SchemaTable(props: {
  data: ResponseOf<'schemas'>;
  search: SchemasSearch;
  onChange: (change: SchemasSearch) => void;
}): ReactNode {
  const { data, search, onChange } = props;
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(data.compatibility), [data.compatibility]);
  return (
    <DataTable
      label="Schemas"
      columns={columns}
      rows={data.subjects}
      rowKey={({ subject }) => subject}
      sort={parseSort(search.sort ?? 'subject')}
      onSort={(sort) => onChange({ sort: sortText(sort) })}
      onSelect={({ subject }) => void navigate({ to: '/schemas/$subject', params: { subject } })}
    />
  );
}

const columnsOf = (mode: string): Column<SchemaSubject>[] => [
  {
    key: 'subject',
    heading: 'Subject',
    width: '22%',
    cell: ({ subject }) => (
      <Link to="/schemas/$subject" params={{ subject }} title={subject} className="mono">
        {subject}
      </Link>
    ),
    sortValue: ({ subject }) => subject,
  },
  {
    key: 'latest',
    heading: 'Latest',
    hint: 'Newest version, its semantic version, and how many there are',
    width: '164px',
    cell: ({ latest, versions }) =>
      latest ? (
        <>
          v{latest.version} <span className="quiet">{latest.semver}</span>
          {versions > 1 && <span className="quiet"> · {versions} versions</span>}
        </>
      ) : (
        <TonedWord tone="warn" title="Messages name it; the registry does not know it">
          not registered
        </TonedWord>
      ),
    sortValue: ({ versions }) => versions,
  },
  {
    key: 'format',
    heading: 'Format',
    width: '80px',
    cell: ({ latest }) => latest?.format ?? <span className="quiet">–</span>,
    sortValue: ({ latest }) => latest?.format ?? null,
  },
  {
    key: 'mode',
    heading: 'Compatibility',
    hint: 'What a new version must get on with; grey: the default of the registry',
    width: '150px',
    cell: ({ compatibility }) => (
      <span className={compatibility ? styles.mode : `${styles.mode} quiet`}>
        {compatibility ?? mode}
      </span>
    ),
    sortValue: ({ compatibility }) => compatibility ?? mode,
  },
  {
    key: 'producers',
    heading: 'Written by',
    width: '17%',
    cell: ({ producers }) => <Services names={producers} />,
    sortValue: ({ producers }) => producers.join(),
  },
  {
    key: 'consumers',
    heading: 'Read by',
    width: '17%',
    cell: ({ consumers }) => <Services names={consumers} />,
    sortValue: ({ consumers }) => consumers.join(),
  },
  {
    key: 'written',
    heading: 'Written',
    hint: 'Messages of this time range',
    width: '76px',
    isNumber: true,
    cell: ({ written }) => countLabel(written),
    sortValue: ({ written }) => written,
  },
  {
    key: 'read',
    heading: 'Read',
    hint: 'Messages of this time range, each once a consumer and attempt',
    width: '76px',
    isNumber: true,
    cell: ({ read }) => countLabel(read),
    sortValue: ({ read }) => read,
  },
  {
    key: 'failures',
    heading: 'Not decoded',
    width: '104px',
    isNumber: true,
    cell: ({ decodeFailures }) =>
      decodeFailures > 0 ? (
        <TonedWord tone="danger">{countLabel(decodeFailures)}</TonedWord>
      ) : (
        <span className="quiet">0</span>
      ),
    sortValue: ({ decodeFailures }) => decodeFailures,
  },
];

const SHOWN_SERVICES = 2;

function Services({ names }: { names: readonly string[] }): ReactNode {
  if (names.length === 0) return <span className="quiet">nobody</span>;
  const more = names.length - SHOWN_SERVICES;
  return (
    <span className={styles.services} title={names.join(', ')}>
      {names.slice(0, SHOWN_SERVICES).map((name) => (
        <ServiceName key={name} name={name} />
      ))}
      {more > 0 && <span className="quiet">+{more}</span>}
    </span>
  );
}
