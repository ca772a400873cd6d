// Runs before the first paint, so that a stored choice of dark never flashes white. A file of its own
// and not inline: a strict content security policy may refuse inline scripts.
(() => {
  let choice = null;
  try {
    choice = window.localStorage.getItem('hopline.color-scheme');
  } catch {
    // Storage is refused in some private modes; the system's scheme is used then.
  }
  const dark =
    choice === 'dark' ||
    (choice !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
