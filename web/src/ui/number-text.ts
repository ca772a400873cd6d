/** `0.42/s`, `12.5/s`, `1.2k/s`. */
export function rateLabel(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond < 0.01) return '<0.01/s';
  if (perSecond < 10) return `${trim(perSecond.toFixed(2))}/s`;
  if (perSecond < 1000) return `${trim(perSecond.toFixed(1))}/s`;
  return `${countLabel(perSecond)}/s`;
}

/** `0.02%`, `4.1%`, `100%`; a ratio that is not 0 never reads as 0. */
export function ratioLabel(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  return `${trim(percent.toFixed(percent < 1 ? 2 : percent < 10 ? 1 : 0))}%`;
}

/** `950`, `12.4k`, `3.1M`. */
export function countLabel(count: number): string {
  if (count < 1000) return String(Math.round(count));
  if (count < 1e6) return `${trim((count / 1e3).toFixed(count < 1e4 ? 1 : 0))}k`;
  if (count < 1e9) return `${trim((count / 1e6).toFixed(1))}M`;
  return `${trim((count / 1e9).toFixed(1))}G`;
}

/** `512 B`, `1.4 KiB`, `3 MiB`. */
export function bytesLabel(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${trim((bytes / 1024).toFixed(1))} KiB`;
  if (bytes < 1024 ** 3) return `${trim((bytes / 1024 ** 2).toFixed(1))} MiB`;
  return `${trim((bytes / 1024 ** 3).toFixed(1))} GiB`;
}

const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
