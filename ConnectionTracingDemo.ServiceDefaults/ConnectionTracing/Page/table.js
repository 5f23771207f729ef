// The table of requests. Only the rows in view are in the document: they are positioned within a box as high as all of them.

import { RequestRow } from './row.js';
import { drawAxis, fit, padded } from './waterfall.js';

/** More rows than are seen, on both sides. */
const OVERSCAN = 8;

/** What a click on a column's head sorts by. */
const SORTS = {
  start: (a, b) => a.start - b.start,
  service: (a, b) => a.service.localeCompare(b.service),
  request: (a, b) => a.url.localeCompare(b.url) || a.method.localeCompare(b.method),
  status: (a, b) => a.status - b.status || a.problem.localeCompare(b.problem),
  connection: (a, b) => (a.connectionId ?? -1) - (b.connectionId ?? -1) || a.connection.localeCompare(b.connection),
  total: (a, b) => a.total - b.total,
};

export class RequestTable {
  /** The requests that are shown, in order. */
  view = [];

  /** The key of the row that the keyboard is on; null: none. */
  active = null;

  /** Bars begin at zero, to the scale of the longest in view. */
  scaled = false;

  #sort = { by: 'start', descending: false };
  #rows = new Map(); // record → row
  #spare = [];
  #follows = true;
  #scrolledTo = 0;

  /**
   * @param grid the element with role grid
   * @param chosen called with a request that the user opens; null: none any more
   * @param visited called with a request that the keyboard comes to
   * @param moved called after the rows in view have changed
   */
  constructor(grid, { chosen, visited, moved, traceUrl }) {
    this.grid = grid;
    this.box = grid.querySelector('.rows-box');
    this.head = grid.querySelector('.head');
    this.body = grid.querySelector('.rows');
    this.axis = grid.querySelector('.axis');
    this.template = document.getElementById('request-row').content.firstElementChild;
    Object.assign(this, { chosen, visited, moved, traceUrl });

    this.box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.body.addEventListener('click', event => this.#clicked(event));
    grid.addEventListener('keydown', event => this.#pressed(event));
    for (const button of grid.querySelectorAll('[data-sort]')) button.addEventListener('click', () => this.#sortBy(button.dataset.sort));
    new ResizeObserver(() => this.#resized()).observe(this.box);
  }

  get rowHeight() {
    return Number.parseFloat(getComputedStyle(this.box).getPropertyValue('--row-height')) || 30;
  }

  /** Whether the newest row is, or will be, in view. */
  get follows() {
    return this.#follows && this.#sort.by === 'start' && this.active === null && getSelection().isCollapsed;
  }

  /** Whether the newest row is in view, whatever comes next. */
  get showsNewest() {
    if (this.#sort.by !== 'start') return false;
    const { first, end } = this.#window;
    return this.#sort.descending ? first === 0 : end === this.view.length;
  }

  follow() {
    this.#sort = { by: 'start', descending: this.#sort.by === 'start' && this.#sort.descending };
    this.active = null;
    getSelection().removeAllRanges();
    this.#follows = true;
    this.refresh(this.view);
  }

  /**
   * Shows these requests.
   * @param keep whether what is read stays where it is; the newest row comes into view anyway, where that is what is read
   */
  refresh(requests, keep = true) {
    const height = this.rowHeight;
    const follows = this.follows;
    const top = this.box.scrollTop;
    const anchor = keep ? this.view[Math.floor(top / height)] : undefined;
    const offset = anchor === undefined ? 0 : top - anchor.index * height;

    const compare = SORTS[this.#sort.by];
    const sign = this.#sort.descending ? -1 : 1;
    this.view = requests.toSorted((a, b) => sign * (compare(a, b) || a.start - b.start));
    for (const request of this.#rows.keys()) request.index = -1;
    if (anchor !== undefined) anchor.index = -1;
    this.view.forEach((request, index) => { request.index = index; });

    this.body.style.height = `${this.view.length * height}px`;
    this.grid.setAttribute('aria-rowcount', this.view.length + 1);
    if (follows) this.#scrollToNewest();
    else if (anchor !== undefined && anchor.index >= 0) this.#scrollTo(anchor.index * height + offset);
    this.draw();
  }

  #scrollTo(top) {
    this.box.scrollTop = top;
    // The event of this comes later, when there may be more rows: it is not the user's.
    this.#scrolledTo = this.box.scrollTop;
  }

  #scrollToNewest() {
    this.#scrollTo(this.#sort.descending ? 0 : this.box.scrollHeight);
  }

  #resized() {
    if (this.follows) this.#scrollToNewest();
    this.draw();
  }

  /** The rows in view. */
  get #window() {
    const height = this.rowHeight;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height));
    // The head stays on top of the rows.
    const room = this.box.clientHeight - this.head.offsetHeight;
    return { first, end: Math.min(this.view.length, Math.ceil((this.box.scrollTop + room) / height)), height, room };
  }

  draw() {
    // Another view is shown.
    if (this.box.clientHeight === 0) return;
    const { first, end, height } = this.#window;
    const seen = this.view.slice(first, end);
    const longest = seen.reduce((most, request) => Math.max(most, request.total), 0);
    const axis = this.scaled ? { from: 0, to: Math.max(longest, 0.1) } : this.range ?? (seen.length > 0 ? padded(fit(seen)) : null);
    drawAxis(this.axis, axis, 0.97);

    const wanted = this.view.slice(Math.max(0, first - OVERSCAN), end + OVERSCAN);
    const keep = new Set(wanted);
    for (const [request, row] of this.#rows) {
      if (keep.has(request)) continue;
      this.#rows.delete(request);
      this.#spare.push(row);
      row.element.remove();
    }
    for (const request of wanted) {
      let row = this.#rows.get(request);
      if (row === undefined) {
        row = this.#spare.pop() ?? new RequestRow(this.template, this.traceUrl);
        this.#rows.set(request, row);
        this.body.append(row.element);
      }
      row.show(request, { height, axis, scaled: this.scaled, selected: request.key === this.active });
    }
    const active = this.body.querySelector('[aria-selected=true]');
    this.grid.setAttribute('aria-activedescendant', active?.id ?? '');
  }

  #scrolled() {
    if (Math.abs(this.box.scrollTop - this.#scrolledTo) >= 1) {
      const bottom = this.box.scrollHeight - this.box.clientHeight - this.box.scrollTop;
      this.#follows = this.#sort.descending ? this.box.scrollTop < 2 : bottom < 2;
      this.#scrolledTo = this.box.scrollTop;
    }
    requestAnimationFrame(() => {
      this.draw();
      this.moved();
    });
  }

  #clicked(event) {
    const row = event.target.closest('[role=row]');
    if (row === null || event.target.closest('a') !== null || !getSelection().isCollapsed) return;
    this.select(row.request);
    this.chosen(row.request);
  }

  /** Moves the keyboard to a request, and brings it into view. */
  select(request) {
    this.active = request?.key ?? null;
    if (request && request.index >= 0) {
      const { height, room } = this.#window;
      const top = request.index * height;
      if (top < this.box.scrollTop) this.box.scrollTop = top;
      else if (top + height > this.box.scrollTop + room) this.box.scrollTop = top + height - room;
    }
    this.draw();
    this.moved();
  }

  #pressed(event) {
    if (event.target !== this.grid) return;
    const { first, end } = this.#window;
    const at = this.view.findIndex(request => request.key === this.active);
    const page = Math.max(1, end - first - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? end - 1 : at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.view.length - 1 }[event.key];
    if (to !== undefined && this.view.length > 0) {
      event.preventDefault();
      const request = this.view[Math.min(Math.max(to, 0), this.view.length - 1)];
      this.select(request);
      this.visited(request);
    } else if ((event.key === 'Enter' || event.key === ' ') && at >= 0) {
      event.preventDefault();
      this.chosen(this.view[at]);
    } else if (event.key === 'Escape') {
      this.select(null);
      this.chosen(null);
    }
  }

  #sortBy(column) {
    this.#sort = { by: column, descending: this.#sort.by === column && !this.#sort.descending };
    for (const button of this.grid.querySelectorAll('[data-sort]')) {
      const sorted = button.dataset.sort === column;
      button.closest('[role=columnheader]').setAttribute('aria-sort', sorted ? (this.#sort.descending ? 'descending' : 'ascending') : 'none');
    }
    this.#follows = false;
    this.refresh(this.view, false);
    this.#scrollTo(0);
    this.draw();
  }
}
