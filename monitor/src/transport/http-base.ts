import { MonitorSettingsError } from '../errors.ts';

/**
 * A monitoring URL with one slash at its end, so that a base path stays: the server redirects `//varz`.
 * Throws MonitorSettingsError for what is no http(s) URL.
 */
export function httpBase(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new MonitorSettingsError(
      `cannot use monitoring URL ${JSON.stringify(text)}: expected http://host:8222`,
    );
  }
  url.search = url.hash = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  return url;
}
