// A row of the table. Rows are used again, for another request.

import { clock, milliseconds } from './format.js';

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function connectionText(request) {
  const use = request.reused === null ? '' : request.reused ? 'reused' : 'new';
  return `${request.connectionId === null ? '' : `#${request.connectionId}`} ${use}`.trim() || '–';
}

export class RequestRow {
  #label = null;
  #drawn = null;

  constructor(template, traceUrl) {
    this.traceUrl = traceUrl;
    this.element = document.importNode(template, true);
    const part = name => this.element.querySelector(name);
    this.parts = {
      start: part('.cell-start'), service: part('.cell-service'), method: part('.method'), url: part('.url'), status: part('.cell-status'),
      connection: part('.cell-connection'), total: part('.cell-total'), bar: part('timing-bar'), trace: part('.cell-trace a'),
    };
  }

  /**
   * @param height of a row, in pixels
   * @param axis the time axis of the bar
   * @param scaled whether the axis begins with the request
   */
  show(request, { height, axis, scaled, selected }) {
    const { element, parts } = this;
    // The label has all figures: it is another one when the request has learned more.
    if (element.request !== request || this.#label !== request.label) this.#fill(request);

    element.style.transform = `translateY(${request.index * height}px)`;
    element.setAttribute('aria-rowindex', request.index + 2);
    element.setAttribute('aria-selected', selected);
    const offset = scaled ? 0 : request.start;
    const drawing = `${request.label} ${offset - axis.from} ${axis.to - axis.from}`;
    if (this.#drawn === drawing) return;
    this.#drawn = drawing;
    parts.bar.show({ phases: request.phases, headers: request.headers, offset, from: axis.from, to: axis.to, label: request.label });
  }

  #fill(request) {
    const { element, parts } = this;
    this.#label = request.label;
    element.request = request;
    element.id = `row-${request.spanId}`;
    element.classList.toggle('failed', request.failed);
    write(parts.start, clock(request.start));
    parts.start.title = new Date(request.start).toISOString();
    write(parts.service, request.service);
    write(parts.method, request.method);
    write(parts.url, request.url);
    parts.url.title = request.url;
    write(parts.status, request.status === 0 ? 'none' : String(request.status));
    parts.status.title = request.problem;
    write(parts.connection, connectionText(request));
    write(parts.total, milliseconds(request.total));
    const url = this.traceUrl(request.traceId);
    parts.trace.hidden = url === null;
    if (url !== null) parts.trace.href = url;
  }
}
