import type { HelpGroup } from '../ui/help-sheet.tsx';

/** Every key of the product; a key that is added to a page is added here. */
export const HELP: readonly HelpGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'This sheet'],
      ['g o', 'Go to the map'],
      ['g m', 'Go to the messages'],
      ['g l', 'Go to the latency of every path'],
      ['g c', 'Go to streams and consumers'],
      ['g h', 'Go to the schemas'],
      ['g n', 'Go to the NATS servers'],
      ['g s', 'Go to the status'],
      ['/', 'Search on this page'],
      ['Esc', 'Close the panel, drop the selection'],
    ],
  },
  {
    title: 'Messages',
    keys: [
      ['j k', 'Next and previous message'],
      ['Enter', 'Open the message'],
    ],
  },
  {
    title: 'Map',
    keys: [
      ['Tab', 'From node to node and edge to edge'],
      ['Enter', 'Open its figures'],
      ['n', 'Only the neighbours of the selected node'],
      ['f', 'Fit everything on the screen'],
      ['t', 'Table instead of the graph'],
      ['r', 'Replay the range, or end it'],
      ['p , .', 'Play or pause, step back, step forward'],
    ],
  },
  {
    title: 'Latency',
    keys: [
      ['Tab', 'To the heat map'],
      ['← → ↑ ↓', 'Mark a cell of the heat map, with Shift more of them'],
      ['Esc', 'Unmark'],
    ],
  },
  {
    title: 'Waterfall',
    keys: [
      ['↑ ↓', 'Previous and next row (also k and j)'],
      ['← →', 'Fold and unfold'],
      ['Home End', 'First and last row'],
      ['Esc', 'Close the span'],
    ],
  },
];
