// Says that a run is under way; without it the browser's own sign of loading does. One run at a time: the page comes back with one.
const forms = document.querySelectorAll('form[data-run]');

// Beside this text, the button names the scenario for those who do not see the card.
const textOf = (form) => form.elements.namedItem('run').firstChild;

for (const form of forms) {
  const idle = textOf(form).data;

  form.addEventListener('submit', () => {
    textOf(form).data = 'Running…';
    form.closest('article').setAttribute('aria-busy', 'true');

    // Later: a disabled button would not submit.
    setTimeout(() => forms.forEach(({ elements }) => elements.namedItem('run').disabled = true));
  });

  const reset = () => {
    textOf(form).data = idle;
    form.closest('article').removeAttribute('aria-busy');
    form.elements.namedItem('run').disabled = false;
  };

  // Back in history, the browser may show the page as it left it.
  addEventListener('pageshow', reset);

  // The visitor stopped loading: this page stays.
  globalThis.navigation?.addEventListener('navigateerror', reset);
}
