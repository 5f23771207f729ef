// Joins the parts of the page.

import { Details } from './details.js';
import { Filter } from './filter.js';
import { FindingList } from './findings.js';
import { count } from './format.js';
import { LaneView } from './lanes.js';
import { ServiceList } from './services.js';
import { MAX_REQUESTS, Store } from './store.js';
import { Stream } from './stream.js';
import { Strip } from './strip.js';
import { RequestTable } from './table.js';
import './timing-bar.js';
import { newestActivity, padded } from './waterfall.js';

const ANNOUNCE_EVERY = 15_000;

/** The page changes ten times a second at most, in ms, however fast messages come. */
const REDRAW_EVERY = 100;

const $ = id => document.getElementById(id);
const dashboard = document.documentElement.dataset.dashboard;

function traceUrl(traceId) {
  return dashboard && traceId ? `${dashboard}/traces/detail/${traceId}` : null;
}

const store = new Store();
let paused = false;
let receivedWhenPaused = 0;
let shown = [];
let known = 0;
let announced = '';
let dirty = false;
let timer = 0;
let frame = 0;
let byUser = false;

const filter = new Filter($('filter'), () => refresh(true));
const strip = new Strip($('strip'), range => {
  filter.range = range;
  refresh(true);
});
const table = new RequestTable($('requests'), { chosen: open, visited: visit, moved: showState, traceUrl });
const details = new Details($('details'), {
  store, traceUrl, open,
  showRequests: connection => {
    details.close();
    filter.reset({ connection: connection.key, view: 'waterfall' });
  },
  closed: () => open(null),
});
const lanes = new LaneView($('lanes'), { chosen: open, connectionChosen: connection => details.showConnection(connection), stateOf: connection => store.stateOf(connection) });
const findings = new FindingList($('findings'), {
  traceUrl,
  open: key => open(store.requests.get(key)),
  showHost: host => filter.reset({ text: host }),
});
const services = new ServiceList($('services'), text => report($('switch-problem'), text));

function report(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === '';
}

/** Shows the details of a request; null closes them. */
function open(request) {
  if (!request) {
    const had = $('details').contains(document.activeElement);
    details.close();
    table.select(null);
    if (had) $('requests').focus({ preventScroll: true });
    return;
  }
  if (!shown.includes(request) && filter.view !== 'connections') {
    filter.reset();
    drawRequests();
  }
  // From the table, the arrow keys go on to the next row.
  details.show(request, document.activeElement !== $('requests'));
  table.select(request);
  announce(`${request.method} ${request.url}: ${request.label}`);
}

/** The keyboard has come to a row: details that are open follow it. */
function visit(request) {
  if (details.shown === null) return;
  details.show(request);
  announce(`${request.method} ${request.url}: ${request.label}`);
}

/** @param now whether the user did something: then also what is paused changes, and at once */
function refresh(now = false) {
  dirty = true;
  if (timer !== 0 && !now) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    if (dirty) refresh();
  }, REDRAW_EVERY);
  // In a tab that is not in view frames wait: one is enough.
  byUser ||= now;
  if (frame !== 0) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    dirty = false;
    draw(byUser);
    byUser = false;
  });
}

function draw(now) {
  services.refresh(store.services);
  if (!paused || now) {
    drawRequests();
    findings.refresh(store);
  }
  showState();
  if (now) announce();
}

function drawRequests() {
  filter.offer(store.services.keys(), store.requests.values());
  const filtered = [...store.requests.values()].filter(request => filter.shows(request)).sort((a, b) => a.start - b.start);
  known = store.requests.size;
  shown = filtered.filter(request => filter.isInRange(request));
  strip.range = filter.range;
  strip.refresh(filtered);

  const inLanes = filter.view === 'connections';
  $('requests').hidden = inLanes;
  $('lanes').hidden = !inLanes;
  if (inLanes) {
    const activity = newestActivity(filtered);
    const range = filter.range ?? (activity === null ? null : padded(activity));
    const inRange = range === null ? [] : filtered.filter(request => request.end >= range.from && request.start <= range.to);
    const used = new Set(inRange.map(request => request.connection));
    // With a filter, only the connections of what it shows.
    const connections = [...store.connections.values()].filter(connection => filter.showsConnection(connection) && (!filter.active || used.has(connection.key)));
    lanes.refresh(inRange, connections, range, range?.to);
  } else {
    table.scaled = filter.view === 'scaled';
    table.range = filter.range;
    table.refresh(shown);
  }

  details.refresh();
}

function describe() {
  const parts = [shown.length === known ? count(known, 'request') : `${shown.length.toLocaleString('en')} of ${count(known, 'request')}`];
  const failed = shown.reduce((sum, request) => sum + request.failed, 0);
  if (failed > 0) parts.push(`${failed.toLocaleString('en')} failed`);
  if (known === MAX_REQUESTS) parts.push('older ones are dropped');
  if (store.missed > 0) parts.push(`${store.missed.toLocaleString('en')} missed`);
  if (paused) parts.push(`paused, ${count(store.received - receivedWhenPaused, 'new request')}`);
  return parts.join(', ');
}

function showState() {
  const text = describe();
  if ($('count').textContent !== text) $('count').textContent = text;
  $('newest').hidden = table.follows || table.showsNewest || shown.length === 0 || filter.view === 'connections';
  $('empty').hidden = shown.length > 0 || (filter.view === 'connections' && lanes.lanes.length > 0);
  $('empty').textContent = store.requests.size > 0 ? 'No request matches the filter.' : 'No requests yet. A request that a service sends with HttpClient appears here as soon as it ends.';
  $('whole').hidden = filter.range === null;
  $('show-all').hidden = !filter.active;
}

/** For screen readers: how many, now and then, and after something that the user did. */
function announce(text = `${describe()}, ${count(store.findings.length, 'finding')}.`) {
  if (text !== announced) $('announcement').textContent = announced = text;
}

$('pause').addEventListener('click', () => {
  paused = !paused;
  receivedWhenPaused = store.received;
  $('pause').setAttribute('aria-pressed', paused);
  refresh(true);
});

$('clear').addEventListener('click', () => {
  store.clear();
  receivedWhenPaused = store.received;
  filter.range = null;
  open(null);
  refresh(true);
});

$('newest').addEventListener('click', () => {
  details.close();
  table.follow();
  $('requests').focus({ preventScroll: true });
  showState();
});

$('whole').addEventListener('click', () => strip.select(null));
$('show-all').addEventListener('click', () => filter.reset());
$('har').href = new URL('../requests.har', import.meta.url);
setInterval(() => announce(), ANNOUNCE_EVERY);

new Stream(message => {
  store.take(message);
  refresh();
}, text => report($('problem'), text)).open();
