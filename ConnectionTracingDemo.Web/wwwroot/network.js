// The live part of the Network page. Texts come ready from the server; they are shown with textContent, never as markup.

const page = document.getElementById('network');
const SVG = 'http://www.w3.org/2000/svg';
const KEPT = Number(page.dataset.kept);
const KEPT_CONNECTIONS = 1000;
const SHOWN_CONNECTIONS = 100;
const SHOWN_FINDINGS = 20;
/** Phases that lie within the queue that waits for them. */
const INNER_PHASES = new Set(['dns', 'tcp', 'tunnel', 'tls', 'other']);

/* What is shown more than once */

function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function percent(milliseconds, scale) {
  return `${scale > 0 ? (Math.min(milliseconds / scale, 1) * 97).toFixed(2) : 0}%`;
}

/** What took time has a width, however small: without one it would have no stroke either. */
function width(milliseconds, scale) {
  const share = percent(milliseconds, scale);
  return milliseconds > 0 && share === '0.00%' ? '0.01%' : share;
}

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Draws what TimingBar.razor draws. */
function drawBar(bar, label, phases, whole, scale) {
  show(bar.firstElementChild, label);
  const pieces = [bar.firstElementChild];
  if (whole > 0) pieces.push(svg('rect', { class: 'timing-whole', x: 0, y: 9, width: percent(whole, scale), height: 2 }));
  for (const phase of phases) {
    const inner = INNER_PHASES.has(phase.token);
    pieces.push(svg('rect', {
      class: `timing-phase phase-${phase.token}${phase.marked ? ' timing-phase-failed' : ''}`,
      x: percent(phase.start, scale),
      y: inner ? 6 : 2,
      width: width(phase.duration, scale),
      height: inner ? 8 : 16,
    }));
  }
  for (const phase of phases) {
    if (phase.marked) {
      const cross = svg('text', { class: 'timing-cross', x: percent(phase.start + phase.duration, scale), y: 15 });
      cross.textContent = '✕';
      pieces.push(cross);
    }
  }
  bar.replaceChildren(...pieces);
}

function fillFigures(figures, phases, address, facts) {
  figures.querySelector('ol').replaceChildren(...phases.map(phase => {
    const item = document.createElement('li');
    item.className = `phase-${phase.token}${phase.error === null ? '' : ' timing-phase-failed'}`;
    item.textContent = `${phase.name} ${phase.text}${phase.error === null ? '' : `, failed: ${phase.error}`}`;
    return item;
  }));
  show(figures.querySelector('.timing-address bdi'), address);
  show(figures.querySelector('.timing-facts bdi'), facts);
}

/** The link to a trace or, without a dashboard, the trace id. */
function fillTrace(parent, id, url) {
  const link = parent.querySelector('a');
  const text = parent.querySelector('.trace-id');
  link.hidden = url === null;
  text.hidden = url !== null;
  if (url !== null) {
    link.href = url;
    show(link.querySelector('.visually-hidden'), ` ${id}`);
  } else {
    show(text, id);
    text.title = id;
  }
}

function count(number, one, many) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/* Filter: the same rules as NetworkFilter.cs */

const filterForm = page.querySelector('.network-filter');
const filter = { service: '', host: '', slow: null, failed: false };

function readFilter() {
  const fields = filterForm.elements;
  filter.service = fields.service.value;
  filter.host = fields.host.value.trim().toLowerCase();
  filter.slow = fields.slow.value === '' ? null : fields.slow.valueAsNumber;
  filter.failed = fields.failed.checked;
}

function isOfFilter(row) {
  return (filter.service === '' || row.service === filter.service) && (filter.host === '' || row.host.toLowerCase().includes(filter.host));
}

function isShown(row) {
  return isOfFilter(row) && (filter.slow === null || row.total > filter.slow) && (!filter.failed || row.failed);
}

/* Requests: a window onto the rows. Only those in view are in the document. */

class RequestTable {
  /** More rows than are seen, so that the Tab key finds the next. */
  static overscan = 6;

  constructor(box, template) {
    this.box = box;
    this.body = box.querySelector('tbody');
    this.table = box.querySelector('table');
    this.empty = box.querySelector('.network-empty');
    this.template = template.content.querySelector('tr');
    this.all = [];          // in the order in which they ended
    this.byKey = new Map();
    this.view = [];         // those that the filter shows, newest first
    this.drawn = new Map(); // record → row
    this.spare = [];
    this.open = new Map();  // record → how much higher its row is than others
    this.height = 36;
    this.scale = 0;
    this.above = this.space();
    this.below = this.space();

    box.classList.add('network-live');
    box.tabIndex = 0;
    box.addEventListener('scroll', () => schedule());
    this.body.replaceChildren(this.above, this.below);
    this.body.addEventListener('toggle', event => this.toggled(event.target.closest('tr')), true);
    new ResizeObserver(() => this.resized()).observe(box);
  }

  space() {
    const row = document.createElement('tr');
    row.className = 'timing-space';
    row.setAttribute('aria-hidden', 'true');
    row.append(document.createElement('td'));
    row.firstChild.colSpan = 8;
    return row;
  }

  /** A row that comes again has learned more, and stays where it is. */
  add(row) {
    const known = this.byKey.get(row.key);
    if (known) {
      known.row = row;
      known.version++;
    } else {
      const record = { row, version: 0 };
      this.byKey.set(row.key, record);
      this.all.push(record);
    }
  }

  /** Puts what several services told in order, and drops the oldest of too many. */
  trim() {
    this.all.sort((a, b) => a.row.ended - b.row.ended);
    for (const record of this.all.splice(0, Math.max(0, this.all.length - KEPT))) {
      this.byKey.delete(record.row.key);
    }
  }

  clear() {
    this.all = [];
    this.byKey.clear();
    this.box.scrollTop = 0;
  }

  get following() {
    return this.box.scrollTop === 0 && this.open.size === 0 && !this.body.contains(document.activeElement) && !this.marked;
  }

  /** Whether text of the rows is selected: somebody is about to copy it. */
  get marked() {
    const selection = getSelection();
    return !selection.isCollapsed && this.body.contains(selection.anchorNode);
  }

  /** Who reads keeps what he reads in front of him, whatever comes in above. */
  filterRows() {
    const top = Math.max(0, this.box.scrollTop - this.start());
    const index = this.following ? -1 : this.indexAt(top);
    const anchor = index < 0 ? undefined : this.view[index];
    const before = anchor ? this.offset(index) : 0;

    this.view = this.all.filter(record => isShown(record.row)).reverse();
    for (const record of this.open.keys()) if (this.byKey.get(record.row.key) !== record || !isShown(record.row)) this.open.delete(record);

    const now = anchor ? this.view.indexOf(anchor) : -1;
    return now < 0 ? 0 : this.offset(now) - before;
  }

  openIndexes() {
    return [...this.open].map(([record, extra]) => [this.view.indexOf(record), extra]).filter(([index]) => index >= 0).sort((a, b) => a[0] - b[0]);
  }

  offset(index) {
    let offset = index * this.height;
    for (const [at, extra] of this.openIndexes()) if (at < index) offset += extra;
    return offset;
  }

  indexAt(y) {
    let extras = 0;
    for (const [at, extra] of this.openIndexes()) {
      const top = at * this.height + extras;
      if (y < top + this.height) break;
      if (y < top + this.height + extra) return at;
      extras += extra;
    }
    return Math.min(Math.max(0, this.view.length - 1), Math.floor((y - extras) / this.height));
  }

  /** Where the rows begin in what scrolls: below caption and head. */
  start() {
    return this.above.getBoundingClientRect().top - this.box.getBoundingClientRect().top + this.box.scrollTop;
  }

  draw(dataChanged) {
    // The event of a click may come after this frame: what was opened just now stays open.
    for (const tr of this.drawn.values()) this.readOpen(tr);

    const shift = dataChanged ? this.filterRows() : 0;
    const start = this.start();
    const scroll = Math.max(0, this.box.scrollTop + shift);
    const top = Math.max(0, scroll - start);
    const bottom = Math.max(0, scroll + this.box.clientHeight - start);
    const firstSeen = this.indexAt(top);
    const lastSeen = this.indexAt(bottom);
    const first = Math.max(0, firstSeen - RequestTable.overscan);
    const end = Math.min(this.view.length, lastSeen + 1 + RequestTable.overscan);

    this.scale = this.view.slice(firstSeen, lastSeen + 1).reduce((longest, record) => Math.max(longest, record.row.total), 0);

    const wanted = this.view.slice(first, end);
    const keep = new Set(wanted);
    for (const [record, tr] of this.drawn) {
      if (!keep.has(record)) {
        if (tr.contains(document.activeElement)) this.box.focus({ preventScroll: true });
        this.drawn.delete(record);
        this.spare.push(tr);
        tr.remove();
      }
    }

    let next = this.above.nextSibling;
    wanted.forEach((record, index) => {
      let tr = this.drawn.get(record);
      if (!tr) {
        tr = this.spare.pop() ?? this.create();
        this.drawn.set(record, tr);
      }
      this.fill(tr, record, first + index);
      if (tr === next) next = next.nextSibling;
      else this.body.insertBefore(tr, next);
    });

    this.above.firstChild.style.height = `${this.offset(first)}px`;
    this.below.firstChild.style.height = `${Math.max(0, this.offset(this.view.length) - this.offset(end))}px`;
    if (shift !== 0) this.box.scrollTop = scroll;

    this.table.setAttribute('aria-rowcount', this.view.length + 1);
    this.empty.hidden = this.view.length > 0;
    this.measure();
  }

  create() {
    const tr = document.importNode(this.template, true);
    const cell = name => tr.querySelector(name);
    tr.open = false;
    tr.parts = {
      time: cell('.timing-time time'), service: cell('.timing-service'), method: cell('.timing-method'), url: cell('.timing-url'),
      status: cell('.timing-status'), connection: cell('.timing-connection'), total: cell('.timing-total'), details: cell('details'),
      bar: cell('svg'), figures: cell('.timing-figures'), trace: cell('.timing-trace'),
    };
    return tr;
  }

  fill(tr, record, index) {
    const { row } = record;
    const { parts } = tr;
    const isOpen = this.open.has(record);
    const fresh = tr.record !== record || tr.version !== record.version;
    tr.setAttribute('aria-rowindex', index + 2);

    if (fresh) {
      tr.record = record;
      tr.version = record.version;
      tr.classList.toggle('timing-failed', row.failed);
      show(parts.time, row.time);
      parts.time.dateTime = row.start;
      show(parts.service, row.service);
      show(parts.method, row.method);
      show(parts.url, row.url);
      parts.url.title = row.url;
      show(parts.status, row.status);
      parts.status.title = row.problem ?? '';
      show(parts.connection, row.connection);
      show(parts.total, row.totalText);
      fillTrace(parts.trace, row.traceId, row.traceUrl);
      if (isOpen) fillFigures(parts.figures, row.phases, row.url, row.facts);
    }
    if (tr.open !== isOpen) {
      if (isOpen) fillFigures(parts.figures, row.phases, row.url, row.facts);
      parts.details.open = tr.open = isOpen;
    }
    if (fresh || tr.scale !== this.scale) {
      tr.scale = this.scale;
      drawBar(parts.bar, row.label, row.phases, row.headers, this.scale);
    }
  }

  toggled(tr) {
    if (this.drawn.get(tr.record) === tr && this.readOpen(tr)) schedule();
  }

  /** Takes over what the user opened or closed; whether that is news. */
  readOpen(tr) {
    const { record, parts } = tr;
    if (parts.details.open === tr.open) return false;

    tr.open = parts.details.open;
    if (tr.open) {
      fillFigures(parts.figures, record.row.phases, record.row.url, record.row.facts);
      this.open.set(record, Math.max(0, tr.getBoundingClientRect().height - this.height));
    } else {
      this.open.delete(record);
    }
    return true;
  }

  /** What rows are really as high as, after fonts and zoom. */
  measure() {
    for (const [record, tr] of this.drawn) {
      const height = tr.getBoundingClientRect().height;
      if (height === 0) continue;
      if (this.open.has(record)) this.open.set(record, Math.max(0, height - this.height));
      else this.height = height;
    }
  }

  resized() {
    this.measure();
    schedule();
  }
}

/* Connections: few, each updated where it stands */

class ConnectionTable {
  constructor(box, template) {
    this.box = box;
    this.body = box.querySelector('tbody');
    this.empty = box.querySelector('.network-empty');
    this.template = template.content.querySelector('tr');
    this.all = new Map(); // key → record
    this.body.replaceChildren();
    this.body.addEventListener('toggle', event => {
      const { record, parts } = event.target.closest('tr');
      if (event.target.open) fillFigures(parts.figures, record.row.phases, record.row.host, record.row.facts);
    }, true);
  }

  add(row) {
    const record = this.all.get(row.key);
    if (record) {
      record.row = row;
      record.forgotten = false;
      record.version++;
    } else {
      this.all.set(row.key, { row, forgotten: false, version: 0, tr: null });
    }
  }

  /** What the service told of before: it says no more what becomes of that. */
  forget(service) {
    for (const record of this.all.values()) if (record.row.service === service) record.forgotten = true;
  }

  /** That of the row or, where nobody says how it stands, unknown. */
  stateOf({ row, forgotten }) {
    return isOver(row) || (!forgotten && modes.get(row.service) === 'on') ? row.state : 'unknown';
  }

  /** Drops the oldest that are over, then the oldest. */
  trim() {
    for (const over of [true, false]) {
      for (const [key, { row, forgotten }] of this.all) {
        if (this.all.size <= KEPT_CONNECTIONS) return;
        if (!over || forgotten || isOver(row)) this.all.delete(key);
      }
    }
  }

  /** What is open goes on serving: it stays. */
  clear() {
    for (const [key, { row, forgotten }] of this.all) if (forgotten || isOver(row)) this.all.delete(key);
  }

  draw() {
    const shown = [...this.all.values()].filter(record => isOfFilter(record.row)).sort((a, b) => b.row.openedAt - a.row.openedAt).slice(0, SHOWN_CONNECTIONS);
    const scale = shown.reduce((longest, record) => Math.max(longest, record.row.setup), 0);
    const keep = new Set(shown.map(record => record.tr));
    for (const tr of [...this.body.children]) {
      if (!keep.has(tr)) {
        if (tr.contains(document.activeElement)) this.box.focus({ preventScroll: true });
        tr.record.tr = null;
        tr.remove();
      }
    }

    let next = this.body.firstChild;
    for (const record of shown) {
      record.tr ??= this.create(record);
      this.fill(record, scale);
      if (record.tr === next) next = next.nextSibling;
      else this.body.insertBefore(record.tr, next);
    }
    this.empty.hidden = shown.length > 0;
  }

  create(record) {
    const tr = document.importNode(this.template, true);
    const cell = name => tr.querySelector(name);
    tr.record = record;
    tr.parts = {
      number: cell('.connection-number'), service: cell('.timing-service'), host: cell('.connection-host bdi'), protocol: cell('.connection-protocol'),
      tls: cell('.connection-tls'), state: cell('.connection-state'), age: cell('.connection-age'), served: cell('.connection-served'),
      details: cell('details'), bar: cell('svg'), figures: cell('.timing-figures'), trace: cell('.timing-trace'),
    };
    return tr;
  }

  fill(record, scale) {
    const { row, tr, version } = record;
    const { parts } = tr;
    const state = this.stateOf(record);
    show(parts.age, state === 'unknown' ? '–' : describeAge((row.closedAt ?? Date.now()) - row.openedAt));
    show(parts.state, state);
    if (tr.version === version && tr.scale === scale) return;

    tr.version = version;
    tr.scale = scale;
    tr.classList.toggle('timing-failed', row.problem !== null);
    show(parts.number, row.number);
    show(parts.service, row.service);
    show(parts.host, row.host);
    parts.host.title = row.host;
    show(parts.protocol, row.protocol);
    show(parts.tls, row.tls);
    parts.state.title = row.problem ?? '';
    show(parts.served, row.served.toLocaleString('en'));
    fillTrace(parts.trace, row.traceId, row.traceUrl);
    drawBar(parts.bar, row.label, row.phases, row.setup, scale);
    if (parts.details.open) fillFigures(parts.figures, row.phases, row.host, row.facts);
  }
}

function isOver(row) {
  return row.state === 'closed' || row.state === 'failed';
}

/** As ConnectionRow.Age says it. */
function describeAge(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/* Findings */

class FindingList {
  constructor(section, template) {
    this.section = section;
    this.list = section.querySelector('ul');
    this.template = template.content.querySelector('li');
    this.clear();
  }

  clear() {
    this.items = new Map();
    this.list.replaceChildren();
    this.section.hidden = true;
  }

  add(row) {
    if (this.items.has(row.key)) return;
    const item = document.importNode(this.template, true);
    show(item.querySelector('.finding-summary bdi'), row.summary);
    show(item.querySelector('.finding-evidence bdi'), row.evidence);
    show(item.querySelector('.finding-suggestion bdi'), row.suggestion);
    show(item.querySelector('.finding-source bdi'), row.source);
    fillTrace(item.querySelector('.finding-source'), row.traceId, row.traceUrl);
    item.row = row;
    this.items.set(row.key, item);
    // Newest first; services tell one after the other.
    this.list.insertBefore(item, [...this.list.children].find(other => other.row.foundAt <= row.foundAt) ?? null);
    this.section.hidden = false;
    if (this.items.size > SHOWN_FINDINGS) {
      const oldest = this.list.lastElementChild;
      this.items.delete(oldest.row.key);
      oldest.remove();
    }
  }
}

/* The page */

// Until the first message comes, and where none ever does, the page is the one without script.
let requests = null;
let connections = null;
let findings = null;

const problem = document.getElementById('network-problem');
const counter = document.getElementById('network-count');
const announcement = document.getElementById('network-announcement');
const pauseButton = document.getElementById('network-pause');
const clearButton = document.getElementById('network-clear');
const newestButton = document.getElementById('network-newest');

const modes = new Map(); // service → on, off or down

let missed = 0;
let paused = false;
let held = nothing(); // what came while paused, bounded like what is shown
let scheduled = false;
let changed = false;
let announced = '';

function schedule(dataChanged = false) {
  changed ||= dataChanged;
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    const data = changed;
    scheduled = changed = false;
    requests.draw(data);
    if (data) {
      connections.draw();
      show(counter, describeCount());
    }
    newestButton.hidden = requests.view.length === 0 || requests.box.scrollTop === 0;
  });
}

function describeCount() {
  const parts = [requests.view.length === requests.all.length
    ? count(requests.all.length, 'request', 'requests')
    : `${requests.view.length.toLocaleString('en')} of ${count(requests.all.length, 'request', 'requests')}`];
  const failed = requests.view.reduce((sum, record) => sum + (record.row.failed ? 1 : 0), 0);
  if (failed > 0) parts.push(`${failed.toLocaleString('en')} failed`);
  if (requests.all.length === KEPT) parts.push('older ones are dropped');
  if (missed > 0) parts.push(`${missed.toLocaleString('en')} came too fast to be seen`);
  if (paused) {
    const fresh = [...held.requests.keys()].filter(key => !requests.byKey.has(key)).length;
    parts.push(`paused, ${fresh === 0 ? 'nothing new' : count(fresh, 'new request', 'new requests')}`);
  }
  return parts.join(', ');
}

/** For screen readers: how many, now and then, and at once after something that the user did. */
function announce() {
  const text = `${describeCount()}${findings.items.size > 0 ? `, ${count(findings.items.size, 'finding', 'findings')}` : ''}.`;
  if (text !== announced) {
    announced = text;
    announcement.textContent = text;
  }
}

function afterUser() {
  schedule(true);
  requestAnimationFrame(announce);
}

function nothing() {
  return { requests: new Map(), connections: new Map(), findings: [], forgotten: new Set() };
}

function hold(message) {
  // One that comes again has learned more.
  for (const row of message.requests) {
    held.requests.set(row.key, row);
    if (held.requests.size > KEPT) held.requests.delete(held.requests.keys().next().value);
  }
  held.findings.push(...message.findings);
  held.findings.sort((a, b) => a.foundAt - b.foundAt);
  held.findings.splice(0, held.findings.length - SHOWN_FINDINGS);
  for (const row of message.connections) {
    held.connections.delete(row.key);
    held.connections.set(row.key, row);
    if (held.connections.size > KEPT_CONNECTIONS) held.connections.delete(held.connections.keys().next().value);
  }
}

/** A service says no more what becomes of the connections that it told of before. */
function forget(service) {
  if (!paused) {
    connections.forget(service);
    return;
  }
  held.forgotten.add(service);
  for (const [key, row] of held.connections) if (row.service === service && !isOver(row)) held.connections.delete(key);
}

/** Connections that came, and were forgotten, while paused. */
function takeHeldConnections() {
  for (const service of held.forgotten) connections.forget(service);
  for (const row of held.connections.values()) connections.add(row);
  connections.trim();
}

function showState(service, state) {
  modes.set(service, state.mode);
  for (const item of page.querySelectorAll('.service')) {
    if (item.dataset.service === service) {
      item.dataset.mode = state.mode;
      show(item.querySelector('.service-text'), state.text);
    }
  }
}

function receive(message) {
  if (requests === null) begin();
  showState(message.service, message.state);
  missed += message.missed;
  if (message.startedAgain) forget(message.service);
  if (paused) {
    hold(message);
  } else {
    take(message);
  }
  if (message.state.mode === 'off') forget(message.service);
  schedule(true);
}

function take(news) {
  news.requests.forEach(row => requests.add(row));
  requests.trim();
  news.connections.forEach(row => connections.add(row));
  connections.trim();
  news.findings.forEach(row => findings.add(row));
}

function begin() {
  requests = new RequestTable(document.getElementById('network-requests'), document.getElementById('network-request-row'));
  connections = new ConnectionTable(document.getElementById('network-connections'), document.getElementById('network-connection-row'));
  findings = new FindingList(document.getElementById('network-findings'), document.getElementById('network-finding'));

  pauseButton.addEventListener('click', () => {
    paused = !paused;
    pauseButton.setAttribute('aria-pressed', paused);
    if (!paused) {
      takeHeldConnections();
      take({ ...held, requests: [...held.requests.values()], connections: [] });
      held = nothing();
    }
    afterUser();
  });

  clearButton.addEventListener('click', () => {
    missed = 0;
    // What is open stays, also what was opened while paused; what was closed goes.
    takeHeldConnections();
    held = nothing();
    requests.clear();
    connections.clear();
    findings.clear();
    afterUser();
  });

  newestButton.addEventListener('click', () => {
    for (const record of requests.open.keys()) requests.open.delete(record);
    if (requests.marked) getSelection().removeAllRanges();
    requests.box.scrollTop = 0;
    requests.box.focus({ preventScroll: true });
    schedule(true);
  });

  filterForm.addEventListener('submit', event => event.preventDefault());
  filterForm.addEventListener('input', () => {
    readFilter();
    requests.box.scrollTop = 0;
    // So that the address of the page, also without script, shows the same.
    const query = new URLSearchParams([...new FormData(filterForm)].filter(([, value]) => value !== ''));
    history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname);
    afterUser();
  });

  for (const id of ['network-apply', 'network-static']) document.getElementById(id).hidden = true;
  pauseButton.hidden = clearButton.hidden = false;
  readFilter();

  setInterval(announce, 15_000);
  // Ages go on while nothing happens.
  setInterval(() => { if (!paused && !document.hidden) connections.draw(); }, 1000);
}

/* The stream. The browser reconnects by itself after a lost connection, not after a refusal. */

const LOST = 'The connection to this site is lost. The page goes on as soon as it is back.';

let source = null;
let lastId = '';

function connect() {
  source?.close();
  source = new EventSource(lastId === '' ? page.dataset.events : `${page.dataset.events}?after=${encodeURIComponent(lastId)}`);
  source.onopen = () => { problem.hidden = true; };
  source.onmessage = event => {
    lastId = event.lastEventId;
    receive(JSON.parse(event.data));
  };
  source.onerror = () => {
    const refused = source.readyState === EventSource.CLOSED;
    // Why it refused stays until the answer is another: screen readers say an alert again whenever it changes.
    if (!refused || problem.hidden) show(problem, LOST);
    problem.hidden = false;
    if (refused) {
      askWhy();
      setTimeout(connect, 3000);
    }
  };
}

/** An event source does not tell what the site says when it refuses. */
async function askWhy() {
  const question = new AbortController();
  try {
    const answer = await fetch(page.dataset.events, { signal: question.signal });
    const detail = answer.ok ? null : (await answer.json()).detail;
    show(problem, detail || LOST);
  } catch {
    show(problem, LOST);
  } finally {
    question.abort();
  }
}

connect();

// A page in the back-forward cache keeps no stream open.
addEventListener('pagehide', () => source.close());
addEventListener('pageshow', event => { if (event.persisted) connect(); });
