// SPDX-License-Identifier: Apache-2.0
// Replaces parts of a page: what is live, and what a link opens beside it. Without it, links and forms do the same.
'use strict';

(() => {
  async function fragment(address) {
    const answer = await fetch(address, {cache: 'no-store'});
    // Sent on to the login: let the page itself go there.
    if (answer.redirected) {
      location.reload();
      return new Promise(() => {});
    }
    if (!answer.ok) throw new Error(answer.statusText);
    return {text: await answer.text(), isLast: answer.headers.get('X-Live') === 'end'};
  }

  // As it was left: what is open stays open, and the keyboard stays on the same link.
  function replace(place, text) {
    const held = place.contains(document.activeElement) && document.activeElement.getAttribute('href');
    const open = Array.from(place.querySelectorAll('details'), (each) => each.open);
    place.innerHTML = text;
    place.querySelectorAll('details').forEach((each, number) => { each.open = open[number] ?? each.open; });
    if (held) place.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({preventScroll: true});
  }

  function keepAlive(place) {
    let isLooking = false;
    async function look() {
      if (document.hidden || isLooking) return;
      isLooking = true;
      try {
        const news = await fragment(place.dataset.live);
        if (news.isLast) location.reload();
        else if (!place.querySelector('input:focus, select:focus, textarea:focus')) replace(place, news.text);
        place.classList.remove('stale');
      } catch {
        place.classList.add('stale');
      }
      isLooking = false;
    }
    setInterval(look, Number(place.dataset.every) || 5000);
    document.addEventListener('visibilitychange', look);
  }

  // What is slow to be known is asked for once the page is there.
  async function load(place) {
    try {
      place.innerHTML = (await fragment(place.dataset.load)).text;
    } catch {
      // What it held before leads there too.
    }
  }

  async function openBeside(link) {
    const panel = document.querySelector(link.dataset.panel);
    panel.setAttribute('aria-busy', 'true');
    try {
      panel.innerHTML = (await fragment(`${link.getAttribute('href').split('?')[0]}/panel`)).text;
      panel.hidden = false;
      panel.dataset.of = link.getAttribute('href');
      panel.focus({preventScroll: true});
      panel.scrollIntoView({block: 'nearest'});
    } catch {
      location.assign(link.getAttribute('href'));
    } finally {
      panel.removeAttribute('aria-busy');
    }
  }

  // Back to what it was opened from, which may have been replaced since.
  function close(panel) {
    panel.hidden = true;
    document.querySelector(`a[data-panel][href="${CSS.escape(panel.dataset.of)}"]`)?.focus();
  }

  document.querySelectorAll('[data-live]').forEach(keepAlive);
  document.querySelectorAll('[data-load]').forEach(load);
  document.addEventListener('keydown', (event) => {
    const panel = document.querySelector('[data-of]:not([hidden])');
    if (event.key === 'Escape' && panel) close(panel);
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]')) return close(event.target.closest('[data-of]'));
    const link = event.target.closest('a[data-panel]');
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || !document.querySelector(link.dataset.panel)) return;
    event.preventDefault();
    openBeside(link);
  });
})();
