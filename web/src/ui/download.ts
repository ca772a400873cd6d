/** Gives the reader a file that the page made itself; nothing leaves the browser. */
export function download(name: string, type: string, content: string | Blob): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has read it by the next turn; the memory is given back.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
