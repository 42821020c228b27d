/** Test files share a process, which saves most of their time: each begins with an empty page and nothing kept. */
if (typeof document !== 'undefined') {
  document.body.replaceChildren();
  localStorage.clear();
  sessionStorage.clear();
}
