import { STAGES } from '@hopline/model';
import { Button, Popover, Select } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { SearchField } from '../ui/search-field.tsx';
import { STAGE_MEANING } from '../ui/stage-meaning.ts';
import { durationWords } from './duration-words.ts';
import { lengthProblem } from './length-problem.ts';
import styles from './messages.module.css';
import { isStage, type MessagesSearch } from './url.ts';

const NAMES = ['total', ...STAGES] as const;
type Change = Pick<MessagesSearch, 'stage' | 'min' | 'max'>;

/** Only messages of which a stage took so long. */
export function DurationFilter(props: {
  search: MessagesSearch;
  onChange: (change: Change) => void;
}): ReactNode {
  const { search, onChange } = props;
  const { stage, min = '', max = '' } = search;
  const problem = lengthProblem(min, max);
  const problemId = useId();
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant={stage || min || max ? 'light' : 'default'}
          px={9}
          leftSection={<IconClock size={14} />}
        >
          {durationWords(search) || 'Duration'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={10}>
        <div className={styles.duration}>
          <Select
            size="xs"
            label="Stage"
            data={[...NAMES]}
            value={stage ?? 'total'}
            onChange={(name) => onChange({ stage: isStage(name) ? name : undefined })}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            description={STAGE_MEANING[stage ?? 'total']}
          />
          <div className={styles.bounds}>
            <SearchField
              label="Took at least"
              placeholder="at least 500ms"
              value={min}
              onChange={(text) => onChange({ min: text || undefined })}
              icon={<span aria-hidden>≥</span>}
              width={150}
            />
            <SearchField
              label="Took less than"
              placeholder="less than 2s"
              value={max}
              onChange={(text) => onChange({ max: text || undefined })}
              icon={<span aria-hidden>&lt;</span>}
              width={150}
            />
          </div>
          {problem && (
            <p id={problemId} className={styles.problem} role="alert">
              {problem}
            </p>
          )}
          <Button
            size="compact-xs"
            variant="default"
            disabled={!(stage || min || max)}
            onClick={() => onChange({ stage: undefined, min: undefined, max: undefined })}
          >
            Any duration
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
