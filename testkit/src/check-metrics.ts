import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findPromtool } from '../../scripts/promtool.ts';

/** What `promtool check metrics` says of an exposition; '' when it finds nothing wrong. */
export async function checkMetrics(text: string): Promise<string> {
  const child = spawn(await findPromtool(), ['check', 'metrics']);
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  child.stdin.end(text);
  const [code] = (await once(child, 'close')) as [number];
  return code === 0 ? said : said || `promtool ended with ${code}`;
}
