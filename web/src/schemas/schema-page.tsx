import type { ResponseOf } from '@hopline/model/api';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSchema } from '../api/schemas.ts';
import type { TimeRange } from '../api/time-range.ts';
import { Answered } from '../ui/answered.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Comparison } from './comparison.tsx';
import { RegistryNotice } from './registry-notice.tsx';
import { SchemaText } from './schema-text.tsx';
import styles from './schemas.module.css';
import { comparedVersions, type SchemaSearch } from './url.ts';
import { UseTable } from './use-table.tsx';
import { VersionList } from './version-list.tsx';

const route = getRouteApi('/schemas/$subject');

/** One subject: its versions, what changed between two of them, who writes and reads which. */
export function SchemaPage(props: {
  subject: string;
  range: TimeRange;
  rangePicker: ReactNode;
}): ReactNode {
  const { subject, range } = props;
  const schema = useSchema(subject, range);
  const { data } = schema;
  return (
    <>
      <PageHeader
        name={subject}
        title={
          <>
            <Link to="/schemas" className={styles.crumb}>
              Schemas
            </Link>
            <span className="quiet"> / </span>
            <span className="mono">{subject}</span>
          </>
        }
        end={props.rangePicker}
      >
        {data && (
          <span className="quiet">
            <span className={styles.mode}>{data.compatibility}</span>
            {data.isOwnCompatibility ? ' of its own' : ', the registry’s default'}
          </span>
        )}
      </PageHeader>
      <Answered what="subject" answer={schema} rows={14}>
        {(found) => <Body data={found} />}
      </Answered>
    </>
  );
}

function Body({ data }: { data: ResponseOf<'schema'> }): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: SchemaSearch): void =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true });
  const compared = comparedVersions(data.versions, search);
  const { subject } = data;
  return (
    <>
      <RegistryNotice registry={data.registry} />
      <div className={styles.page}>
        <div className={styles.columns}>
          <VersionList
            versions={data.versions}
            uses={data.uses}
            compared={compared}
            onChange={change}
          />
          {compared &&
            (compared.from === undefined ? (
              <SchemaText subject={subject} version={compared.to} />
            ) : (
              <Comparison
                subject={subject}
                from={compared.from}
                to={compared.to}
                look={search.look ?? 'unified'}
                onLook={(look) => change({ look: look === 'split' ? look : undefined })}
              />
            ))}
        </div>
        <UseTable uses={data.uses} />
      </div>
    </>
  );
}
