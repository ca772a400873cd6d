import { formatDuration } from '@hopline/model';
import { paint, segment } from '../terminal-text.ts';

/** Tells what is being started, one line a step: at once on a terminal, when it is done elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #useColor: boolean;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#useColor = out.isTTY === true && out.hasColors();
  }

  /** Runs a step under its name; `detail` says what came out of it. */
  async step<T>(name: string, run: () => Promise<T>, detail?: (result: T) => string): Promise<T> {
    const startedAt = performance.now();
    if (this.#out.isTTY) this.#write('…', name, '');
    try {
      const result = await run();
      const took = formatDuration(BigInt(Math.round((performance.now() - startedAt) * 1e6)));
      this.#line('✔', name, [detail?.(result) ?? '', took].filter(Boolean).join('  '));
      return result;
    } catch (error) {
      this.#line('✘', name, '');
      throw error;
    }
  }

  note(text: string): void {
    this.#line('!', text, '');
  }

  #line(mark: '✔' | '✘' | '!', name: string, detail: string): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[2K');
    this.#write(mark, name, detail);
    this.#out.write('\n');
  }

  #write(mark: '…' | '✔' | '✘' | '!', name: string, detail: string): void {
    const styles = { '…': 'dim', '✔': 'good', '✘': 'bad', '!': 'warning' } as const;
    const line = [
      segment('  '),
      segment(mark, styles[mark]),
      segment(` ${name}`),
      segment(detail === '' ? '' : `  ${detail}`, 'dim'),
    ];
    this.#out.write(paint(line, this.#useColor));
  }
}
