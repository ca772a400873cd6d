import { Option } from 'commander';

/** `--url`, the same for every verb that asks a running server. */
export const urlOption = (): Option =>
  new Option('--url <url>', 'the Hopline server to ask')
    .env('HOPLINE_URL')
    .default('http://127.0.0.1:7070');
