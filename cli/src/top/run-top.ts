import type { ApiClient } from '../api/api-client.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint, type Segment, segment, truncate } from '../terminal-text.ts';
import { fetchPicture, type Picture } from './fetch-picture.ts';
import { renderTop, type TopState } from './render-top.ts';
import { pressKey } from './top-keys.ts';

/** The other screen, no cursor; and back. What was on the terminal before is there again afterwards. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';

/** Draws until `q` or a signal. A server that stops answering is said so and asked again. */
export async function runTop(
  client: ApiClient,
  { state: initial, everyMs }: { state: TopState; everyMs: number },
): Promise<void> {
  const { stdin, stdout } = process;
  let state = initial;
  // The first answer before the other screen: an error stays readable.
  let picture = await fetchPicture(client);
  let trouble = '';
  const left = Promise.withResolvers<void>();
  const draw = (): void => {
    stdout.write(screenText(picture, { state, trouble, rows: stdout.rows }));
  };
  const ask = async (): Promise<void> => {
    if (state.isHeld) return;
    try {
      picture = await fetchPicture(client);
      trouble = '';
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
    draw();
  };
  const onKey = (bytes: Buffer): void => {
    const next = pressKey(bytes.toString(), state);
    if (next === null) left.resolve();
    else {
      // Not further than the last row: the way back up would seem dead.
      const rows = picture[next.view].length;
      state = { ...next, offset: Math.min(next.offset, Math.max(0, rows - 1)) };
      draw();
    }
  };
  const onSignal = (): void => left.resolve();
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    timer = setTimeout(() => void ask().then(again), everyMs);
  };
  stdout.write(ENTER);
  stdin.setRawMode(true).on('data', onKey);
  stdout.on('resize', draw);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    draw();
    again();
    await left.promise;
  } finally {
    clearTimeout(timer);
    stdin.setRawMode(false).off('data', onKey).pause();
    stdout.off('resize', draw);
    for (const signal of SIGNALS) process.off(signal, onSignal);
    stdout.write(LEAVE);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Each line is written over the old one and cleared to its end: nothing flickers. */
function screenText(
  picture: Picture,
  { state, trouble, rows }: { state: TopState; trouble: string; rows: number },
): string {
  const { width, useColor } = stdoutShape();
  const lines: Segment[][] = renderTop(picture, state, { width, height: rows - 1 });
  const help = 'c consumers  s servers  < > sort  r reverse  ↑ ↓ scroll  space hold  q quit';
  const foot: Segment[] = [trouble === '' ? segment(help, 'dim') : segment(trouble, 'bad')];
  while (lines.length < rows - 1) lines.push([]);
  const text = [...lines, truncate(foot, width)]
    .map((line) => `${paint(line, useColor)}\u001b[K`)
    .join('\r\n');
  return `\u001b[H${text}`;
}
