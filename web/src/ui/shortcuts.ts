import { useEffect, useRef } from 'react';

/**
 * `j`, `?`, `enter`, `escape` (names in lower case), or two keys one after the other: `g m`. An action that answers false has
 * left the key to the browser.
 */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => unknown>>;

/** The second key of a pair must follow within this time. */
const PAIR_MS = 900;

/**
 * Keys of a page while it is shown. They do nothing while somebody types, or a menu or a dialog has the focus,
 * and leave combinations with Ctrl, Alt and Meta to the browser.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    let first = '';
    let firstAtMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target)) return;
      const key = event.key.length === 1 ? event.key : event.key.toLowerCase();
      const pair = performance.now() - firstAtMs < PAIR_MS ? `${first} ${key}` : '';
      const action = current.current[pair] ?? current.current[key];
      first = key;
      firstAtMs = performance.now();
      if (!action) return;
      if (action(event) !== false) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"],[role="menu"]')) return true;
  if (target instanceof HTMLInputElement) return takesLetters(target);
  return ['TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Not a slider or a choice, nor a closed list that opens below: the focus stays on them after a click. */
function takesLetters({ type, readOnly, ariaExpanded }: HTMLInputElement): boolean {
  if (['range', 'radio', 'checkbox'].includes(type)) return false;
  return !readOnly || ariaExpanded === 'true';
}
