import { ActionIcon, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, type Ref, useEffect, useRef, useState } from 'react';

/** Typing settles for this long before it counts: every change of the address is a question. */
const SETTLE_MS = 250;

/** A text filter: what is typed takes effect after a moment, or at once by Enter. */
export function SearchField(props: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  icon: ReactNode;
  width: number | string;
  /** Narrower than `width` where there is no room for it, px. */
  minWidth?: number;
  isMono?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  /** Enter, once what was typed has taken effect. */
  onEnter?: (value: string) => void;
}): ReactNode {
  const { value, onChange } = props;
  const [draft, setDraft] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const settle = (text: string) => {
    clearTimeout(timer.current);
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <TextInput
      size="xs"
      aria-label={props.label}
      placeholder={props.placeholder}
      leftSection={props.icon}
      value={draft}
      ref={props.inputRef ?? null}
      {...(props.minWidth === undefined
        ? { w: props.width }
        : { style: { flex: `1 1 ${props.minWidth}px`, maxWidth: props.width } })}
      styles={props.isMono ? { input: { fontFamily: 'var(--mono)' } } : {}}
      maxLength={200}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setDraft(text);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => settle(text), SETTLE_MS);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          settle(draft);
          props.onEnter?.(draft.trim());
        }
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
      rightSection={
        draft === '' ? null : (
          <ActionIcon
            size="xs"
            variant="transparent"
            color="gray"
            aria-label={`Clear ${props.label.toLowerCase()}`}
            onClick={() => {
              setDraft('');
              settle('');
            }}
          >
            <IconX size={13} />
          </ActionIcon>
        )
      }
    />
  );
}
