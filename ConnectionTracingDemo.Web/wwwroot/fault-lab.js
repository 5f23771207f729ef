// Says that a run is under way; without it the browser's own sign of loading does. One run at a time: the page comes back with one.
const forms = document.querySelectorAll('form[data-run]');

for (const form of forms) {
  form.addEventListener('submit', () => {
    // Later: a disabled button would not submit.
    setTimeout(() => {
      for (const { elements } of forms) {
        elements.namedItem('run').disabled = true;
      }
    });

    const button = form.elements.namedItem('run');
    button.dataset.text = button.textContent;
    button.textContent = 'Running…';
    form.closest('article').setAttribute('aria-busy', 'true');
  });
}

// Back in history, the browser may show the page as it left it.
addEventListener('pageshow', () => {
  for (const form of forms) {
    const button = form.elements.namedItem('run');
    button.disabled = false;
    button.textContent = button.dataset.text ?? button.textContent;
    form.closest('article').removeAttribute('aria-busy');
  }
});
