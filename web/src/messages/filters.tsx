import { FATES } from '@hopline/model';
import { Button, Select } from '@mantine/core';
import { IconHash, IconSearch } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import { FATE_LOOK } from '../ui/fate-look.ts';
import { SearchField } from '../ui/search-field.tsx';
import { DurationFilter } from './duration-filter.tsx';
import { KeyFilter } from './key-filter.tsx';
import styles from './messages.module.css';
import { SavedMenu } from './saved-menu.tsx';
import { type MessagesSearch, NO_FILTER } from './url.ts';

const OUTCOMES = FATES.map((fate) => ({ value: fate, label: FATE_LOOK[fate].label }));

/** The filters of the list. They hold nothing themselves: the address does. */
export function Filters(props: {
  search: MessagesSearch;
  services: readonly string[];
  onChange: (change: { [key in keyof MessagesSearch]: MessagesSearch[key] | undefined }) => void;
  onClear: () => void;
  textRef: RefObject<HTMLInputElement | null>;
}): ReactNode {
  const { search, services, onChange } = props;
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  const names =
    search.service && !services.includes(search.service)
      ? [...services, search.service]
      : [...services];
  return (
    <div className={styles.filters}>
      <SearchField
        label="Search text"
        placeholder="Id, key, log text…"
        value={search.text ?? ''}
        onChange={(text) => onChange({ text: text || undefined })}
        icon={<IconSearch size={14} />}
        width={220}
        minWidth={150}
        inputRef={props.textRef}
      />
      <SearchField
        label="Subject"
        placeholder="orders.>"
        value={search.subject ?? ''}
        onChange={(subject) => onChange({ subject: subject || undefined })}
        icon={<IconHash size={14} />}
        width={170}
        minWidth={116}
        isMono
      />
      <Select
        size="xs"
        aria-label="Service"
        placeholder="Any service"
        data={names}
        value={search.service ?? null}
        onChange={(service) => onChange({ service: service ?? undefined })}
        searchable
        clearable
        style={{ flex: '1 1 112px', maxWidth: 160 }}
        nothingFoundMessage="No such service in this range"
      />
      <Select
        size="xs"
        aria-label="Outcome"
        placeholder="Any outcome"
        data={OUTCOMES}
        value={search.outcome ?? null}
        onChange={(outcome) => onChange({ outcome: FATES.find((fate) => fate === outcome) })}
        clearable
        style={{ flex: '1 1 132px', minWidth: 132, maxWidth: 150 }}
      />
      <KeyFilter search={search} onChange={onChange} />
      <DurationFilter search={search} onChange={onChange} />
      <SavedMenu search={search} onOpen={(saved) => onChange({ ...NO_FILTER, ...saved })} />
      {isFiltered && (
        <Button variant="subtle" size="xs" px={8} onClick={props.onClear}>
          Clear
        </Button>
      )}
    </div>
  );
}
