// On pages that say so: a key for each link or button that names one. Off while somebody writes, and off for good on wish.
(() => {
  'use strict';
  const area = document.querySelector('[data-keys]');
  if (!area || area.dataset.ready) return;
  area.dataset.ready = 'yes';
  const name = 'keys-off', turn = area.querySelector('[data-turn]');
  const kept = (act, ...rest) => { try { return localStorage[act](...rest); } catch { return null; } };
  let off = kept('getItem', name) === 'yes';
  const show = () => turn.setAttribute('aria-pressed', String(!off));
  turn.hidden = false;
  turn.addEventListener('click', () => { off = !off; kept('setItem', name, off ? 'yes' : 'no'); show(); });
  show();
  addEventListener('keydown', (event) => {
    const writing = event.target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]');
    if (off || writing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    found.matches('a, button') ? found.click() : found.focus();
  });
})();
