import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import styles from './messages.module.css';
import {
  MAX_NAME_CHARS,
  MAX_SAVED,
  nameOf,
  readSaved,
  type SavedFilter,
  withSaved,
  writeSaved,
} from './saved-filters.ts';
import type { MessagesSearch } from './url.ts';

/** Filters under a name, kept in this browser. To share one, share the page's address: it holds all. */
export function SavedMenu(props: {
  search: MessagesSearch;
  onOpen: (search: MessagesSearch) => void;
}): ReactNode {
  const { search } = props;
  const [isOpen, setOpen] = useState(false);
  const [saved, setSaved] = useState(readSaved);
  const [name, setName] = useState('');
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  const isFull = saved.length >= MAX_SAVED && !saved.some((filter) => filter.name === name);
  const keep = (filters: SavedFilter[]): void => {
    writeSaved(filters);
    setSaved(filters);
  };
  const show = (open: boolean): void => {
    setOpen(open);
    if (!open) return;
    // Another tab may have saved one.
    setSaved(readSaved());
    setName(nameOf(search));
  };
  return (
    <Popover opened={isOpen} onChange={show} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          px={9}
          leftSection={<IconBookmark size={14} />}
          onClick={() => show(!isOpen)}
        >
          Saved{saved.length > 0 && ` ${saved.length}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <ul className={styles.saved}>
          {saved.map((filter) => (
            <li key={filter.name}>
              <button
                type="button"
                onClick={() => {
                  props.onOpen(filter.search);
                  setOpen(false);
                }}
              >
                {filter.name}
              </button>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`Delete the filter ${filter.name}`}
                onClick={() => keep(saved.filter((other) => other !== filter))}
              >
                <IconTrash size={13} />
              </ActionIcon>
            </li>
          ))}
        </ul>
        {isFiltered ? (
          <form
            className={styles.save}
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() === '' || isFull) return;
              keep(withSaved(saved, { name: name.trim(), search }));
              setOpen(false);
            }}
          >
            <TextInput
              size="xs"
              aria-label="Name of the filter"
              value={name}
              maxLength={MAX_NAME_CHARS}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" disabled={name.trim() === '' || isFull}>
              Save
            </Button>
          </form>
        ) : (
          saved.length === 0 && (
            <p className={styles.savedHint}>
              Set a filter, then save it here under a name. The address of the page holds the filter
              too: share it as it is.
            </p>
          )
        )}
        {isFull && isFiltered && (
          <p className={styles.savedHint}>{MAX_SAVED} are kept; delete one first.</p>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
