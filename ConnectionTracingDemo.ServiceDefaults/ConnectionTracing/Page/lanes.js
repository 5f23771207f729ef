// One lane for each connection: its opening, the requests on it, when it was idle and when it was closed. Above the line stand the
// requests that waited in the queue for it. layOut() decides what is drawn, LaneView draws it.

import { age, count, milliseconds } from './format.js';
import { colours, prepare } from './strip.js';
import { drawAxis } from './waterfall.js';

const MAX_LANES = 80;
/** Requests side by side on one connection, and requests in the queue for it, that get a line of their own. */
const MAX_TRACKS = 24;
const MAX_QUEUED = 24;
/** How much two requests on one line may overlap, in ms: the end of a body is observed a little late. */
const SLACK = 1;
const BAR = 14;
const TRACK = 6;
const QUEUED = 3;
const PADDING = 5;
const MIN_HEIGHT = 46;

/** Gives each span the first line that is free when it begins. Returns how many lines that takes. */
function stack(spans, most) {
  const free = [];
  for (const span of spans) {
    let line = free.findIndex(end => end <= span.from + SLACK);
    if (line < 0) line = free.length < most ? free.length : most - 1;
    free[line] = span.to;
    span.line = line;
  }
  return free.length;
}

/**
 * The lanes of some requests and connections, within a range of time.
 * @returns [{connection, host, requests: [{request, from, to, line}], queued: [...], tracks, queueLines, height}]
 */
export function layOut(requests, connections, range) {
  const lanes = new Map();
  const laneOf = (key, create) => {
    if (!lanes.has(key)) lanes.set(key, { connection: null, requests: [], queued: [], ...create() });
    return lanes.get(key);
  };

  for (const connection of connections) {
    const end = connection.closed ?? (connection.error === null ? Infinity : connection.opened + (connection.setup ?? 0));
    if (connection.opened > range.to || end < range.from) continue;
    laneOf(connection.key, () => ({ connection, service: connection.service, host: connection.host, since: connection.opened }));
  }
  for (const request of requests) {
    const known = request.connection !== '' && lanes.get(request.connection);
    const lane = known || laneOf(`${request.service} ${request.host} ${request.connection}`, () => ({
      service: request.service, host: request.host, since: request.start, number: request.connectionId, without: request.connection === '',
    }));
    const sent = request.start + request.queued;
    if (request.queued > 0) lane.queued.push({ request, from: request.start, to: sent });
    // A request that failed in the queue was on no connection.
    if (request.total > request.queued || request.queued === 0) lane.requests.push({ request, from: sent, to: request.end });
  }

  // Connections that were idle all the time come last.
  const isIdle = ({ requests: served, queued, connection, since }) =>
    served.length === 0 && queued.length === 0 && since < range.from && !(connection.closed <= range.to && connection.closed !== null);
  const result = [...lanes.values()].sort((a, b) =>
    isIdle(a) - isIdle(b) || a.service.localeCompare(b.service) || a.host.localeCompare(b.host) || a.since - b.since);
  for (const lane of result) {
    lane.requests.sort((a, b) => a.from - b.from);
    lane.queued.sort((a, b) => a.from - b.from || a.to - b.to);
    lane.tracks = stack(lane.requests, MAX_TRACKS);
    lane.queueLines = stack(lane.queued, MAX_QUEUED);
    lane.bar = lane.tracks > 1 ? Math.max(BAR, lane.tracks * TRACK) : BAR;
    const content = lane.queueLines * QUEUED + (lane.queueLines > 0 ? 2 : 0) + lane.bar;
    lane.height = Math.max(MIN_HEIGHT, PADDING * 2 + content);
    lane.top = (lane.height - content) / 2;
  }
  return result;
}

export class LaneView {
  /** What is drawn, in order. */
  lanes = [];

  #elements = [];

  /**
   * @param element the view
   * @param chosen called with a request that the user clicks
   * @param connectionChosen called with a connection whose name the user clicks
   */
  constructor(element, { chosen, connectionChosen, stateOf }) {
    this.element = element;
    this.list = element.querySelector('.lane-list');
    this.axis = element.querySelector('.axis');
    this.more = element.querySelector('.lanes-more');
    this.template = document.getElementById('lane').content.firstElementChild;
    this.chosen = chosen;
    this.connectionChosen = connectionChosen;
    this.stateOf = stateOf;
    this.list.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.list);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** @param now where the lane of an open connection ends */
  refresh(requests, connections, range, now) {
    this.range = range;
    this.now = now;
    const all = range === null ? [] : layOut(requests, connections, range);
    // The newest where there are too many.
    this.lanes = all.length > MAX_LANES ? all.toSorted((a, b) => b.since - a.since).slice(0, MAX_LANES).sort((a, b) => all.indexOf(a) - all.indexOf(b)) : all;
    this.more.hidden = all.length <= MAX_LANES;
    this.more.textContent = `The newest ${MAX_LANES} of ${all.length} lanes. Select a shorter time to see others.`;
    while (this.#elements.length > this.lanes.length) this.#elements.pop().remove();
    while (this.#elements.length < this.lanes.length) this.#elements.push(this.list.appendChild(this.#create()));
    this.lanes.forEach((lane, index) => this.#describe(this.#elements[index], lane));
    this.#draw();
  }

  #create() {
    const element = document.importNode(this.template, true);
    const canvas = element.querySelector('canvas');
    element.querySelector('button').addEventListener('click', () => element.lane.connection && this.connectionChosen(element.lane.connection));
    canvas.addEventListener('pointermove', event => {
      const hit = this.#hit(element.lane, canvas, event);
      canvas.title = hit === null ? '' : `${hit.method} ${hit.url}, ${hit.label}`;
      canvas.style.cursor = hit === null ? '' : 'pointer';
    });
    canvas.addEventListener('click', event => {
      const hit = this.#hit(element.lane, canvas, event);
      if (hit !== null) this.chosen(hit);
    });
    return element;
  }

  #describe(element, lane) {
    element.lane = lane;
    element.style.setProperty('--lane-height', `${lane.height}px`);
    const { connection } = lane;
    const number = connection?.id ?? lane.number ?? null;
    const state = connection === null ? '' : this.stateOf(connection);
    const name = `${number === null ? (lane.without ? 'No connection' : 'Connection') : `#${number}`} ${lane.host}`;
    const button = element.querySelector('button');
    button.textContent = name;
    button.title = name;
    button.disabled = connection === null;
    const facts = [
      count(lane.requests.length, 'request'),
      lane.queued.length > 0 ? `${lane.queued.length.toLocaleString('en')} queued` : '',
      state === 'failed' ? `failed: ${connection.error}` : state === 'closed' ? `closed after ${age(connection.closed - connection.opened)}` : state,
      connection?.protocol,
      connection?.tls ? `TLS ${connection.tls}` : '',
    ].filter(Boolean).join(' · ');
    const line = element.querySelector('.lane-facts');
    line.textContent = facts;
    line.title = facts;
    element.classList.toggle('failed', state === 'failed');
    const opening = connection?.setup ? `opened in ${milliseconds(connection.setup)}, ` : '';
    element.querySelector('canvas').setAttribute('aria-label', `${name}: ${opening}${facts}`);
  }

  #draw() {
    if (this.element.hidden) return;
    drawAxis(this.axis, this.range);
    const box = this.list.getBoundingClientRect();
    for (const element of this.#elements) {
      const place = element.getBoundingClientRect();
      if (place.bottom < Math.max(box.top, 0) - 100 || place.top > Math.min(box.bottom, innerHeight) + 100) continue;
      this.#drawLane(element.querySelector('canvas'), element.lane);
    }
  }

  /** Where things are in a lane. */
  #geometry(lane, width) {
    const length = this.range.to - this.range.from;
    const x = time => Math.min(Math.max(((time - this.range.from) / length) * width, -2), width + 2);
    const top = lane.top + lane.queueLines * QUEUED + (lane.queueLines > 0 ? 2 : 0);
    const track = lane.tracks > 1 ? lane.bar / lane.tracks : lane.bar;
    return { x, top, track };
  }

  #drawLane(canvas, lane) {
    const area = prepare(canvas);
    if (area === null || this.range === null) return;
    const { context, width } = area;
    const colour = colours(canvas);
    const { x, top, track } = this.#geometry(lane, width);
    const fill = (from, to, y, height, name) => {
      const left = x(from);
      context.fillStyle = colour(name);
      context.fillRect(left, y, Math.max(x(to) - left, 1.2), height);
    };

    for (const span of lane.queued) fill(span.from, span.to, lane.top + span.line * QUEUED, QUEUED - 1, span.request.total > span.request.queued ? 'phase-queue' : 'problem');
    this.#drawConnection(lane, { fill, x, top, context, colour });
    for (const { request, from, to, line } of lane.requests) {
      const y = top + line * track;
      const height = Math.max(track - 1, 1);
      // Time that no phase covers is a thin line, and a gap sets the request apart from the one before it.
      fill(from, to, y + height / 2 - 1, Math.min(2, height), 'text-quiet');
      for (const phase of request.phases) {
        const start = request.start + phase.start;
        if (start + 0.001 < from) continue;
        fill(start, start + phase.duration, y, height, phase.marked ? 'problem' : `phase-${phase.token}`);
      }
      context.fillStyle = colour('surface');
      context.fillRect(x(from) - 1, y - 1, 1, height + 2);
      if (request.failed) {
        context.fillStyle = colour('problem');
        context.fillRect(x(to) - 1, y - 1, 3, height + 2);
      }
    }
  }

  #drawConnection({ connection, bar }, { fill, x, top, context, colour }) {
    if (connection === null) return;
    const ready = connection.opened + (connection.setup ?? 0);
    const end = connection.closed ?? (connection.error === null ? this.now : ready);
    fill(ready, Math.max(end, ready), top + bar / 2 - 1, 2, 'line-strong');
    fill(connection.opened, ready, top + bar / 2 - 4, 8, 'phase-other');
    for (const phase of connection.phases) {
      fill(connection.opened + phase.start, connection.opened + phase.start + phase.duration, top + bar / 2 - 4, 8, phase.marked ? 'problem' : `phase-${phase.token}`);
    }
    if (connection.closed !== null || connection.error !== null) {
      context.fillStyle = colour(connection.error === null ? 'text' : 'problem');
      context.fillRect(x(end), top - 2, 2, bar + 4);
    }
  }

  /** The request under the pointer. */
  #hit(lane, canvas, event) {
    const box = canvas.getBoundingClientRect();
    const { x, top, track } = this.#geometry(lane, canvas.clientWidth);
    const [left, y] = [event.clientX - box.left, event.clientY - box.top];
    const under = (span, from, height) => left >= x(span.from) - 2 && left <= Math.max(x(span.to), x(span.from) + 1.2) + 2 && y >= from && y <= from + height;
    const hit = lane.requests.findLast(span => under(span, top + span.line * track - 1, track + 1))
      ?? lane.queued.findLast(span => under(span, lane.top + span.line * QUEUED - 1, QUEUED + 1));
    return hit?.request ?? null;
  }
}
