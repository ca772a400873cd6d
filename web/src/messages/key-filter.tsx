import { Button, Popover } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { SearchField } from '../ui/search-field.tsx';
import { keyProblem, keyWords } from './key-words.ts';
import styles from './messages.module.css';
import type { MessagesSearch } from './url.ts';

type Change = Pick<MessagesSearch, 'key' | 'stream' | 'consumer' | 'sequence' | 'attribute'>;

const FIELDS = [
  {
    name: 'key',
    label: 'Message id',
    placeholder: 'order-4711',
    meaning: 'Nats-Msg-Id, or the id of the envelope; exact',
  },
  { name: 'stream', label: 'Stream', placeholder: 'ORDERS', meaning: 'that stored it' },
  {
    name: 'consumer',
    label: 'Consumer',
    placeholder: 'payment',
    meaning: 'of the stream: who has it, or had it',
  },
  { name: 'sequence', label: 'Sequence', placeholder: '4711', meaning: 'its number there' },
  {
    name: 'attribute',
    label: 'Attribute',
    placeholder: 'order.id=4711',
    meaning: 'name=value of its publish or of a handler: a business key, a recorded header; exact',
  },
] as const;

/** Only the message that goes by this name: what a log line, a ticket or a stream calls it. */
export function KeyFilter(props: {
  search: MessagesSearch;
  onChange: (change: Change) => void;
}): ReactNode {
  const { search, onChange } = props;
  const words = keyWords(search);
  const problem = keyProblem(search);
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant={words ? 'light' : 'default'}
          px={9}
          maw={220}
          leftSection={<IconFingerprint size={14} />}
          title={words}
        >
          <span className={styles.keyWords}>{words || 'Identity'}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={10}>
        <div className={styles.keys}>
          {FIELDS.map(({ name, label, placeholder, meaning }) => (
            <div key={name} className={styles.key}>
              <span aria-hidden>{label}</span>
              <SearchField
                label={label}
                placeholder={placeholder}
                value={search[name] ?? ''}
                onChange={(text) => onChange({ [name]: text || undefined })}
                icon={null}
                width={210}
                isMono
              />
              <small>{meaning}</small>
            </div>
          ))}
          {problem && (
            <p className={styles.problem} role="alert">
              {problem}
            </p>
          )}
          <Button
            size="compact-xs"
            variant="default"
            disabled={!words}
            onClick={() =>
              onChange({
                key: undefined,
                stream: undefined,
                consumer: undefined,
                sequence: undefined,
                attribute: undefined,
              })
            }
          >
            Any message
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
