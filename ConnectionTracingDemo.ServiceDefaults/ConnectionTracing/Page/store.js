// What the services have reported, bounded: the newest requests, connections and findings.

import { clean, describeBar, duration, hostAndPort, parseTime, protocolName, readPhases } from './format.js';

export const MAX_REQUESTS = 10_000;
const MAX_CONNECTIONS = 2000;
const MAX_FINDINGS = 50;

const HEX = /^[0-9a-f]+$/;

function id(value, length) {
  return typeof value === 'string' && value.length === length && HEX.test(value) ? value : '';
}

/** A TracedRequest as the page uses it. Times are ms since 1970, durations ms. */
function readRequest(request, service) {
  const phases = readPhases(request.phases);
  const headers = duration(request.duration);
  const total = phases.reduce((end, phase) => Math.max(end, phase.start + phase.duration), headers);
  const failed = Boolean(request.errorType) || !(request.status < 400);
  const start = parseTime(request.start);
  const url = clean(request.url);
  // The part of the queue that opening a connection does not explain, and the rest.
  const queued = phases.reduce((end, phase) => (phase.token === 'queue' ? Math.max(end, phase.start + phase.duration) : end), 0);
  return {
    key: `${service} ${request.spanId}`,
    service, phases, headers, total, failed, start, url, queued,
    end: start + total,
    method: clean(request.method, 40),
    host: hostAndPort(request.host, request.port),
    status: Number.isInteger(request.status) ? request.status : 0,
    problem: failed ? clean(request.errorType ?? 'no response', 200) : '',
    version: request.protocol ?? '',
    protocol: protocolName(request.protocol),
    connection: id(request.connection, 16) && `${service} ${request.connection}`,
    connectionId: Number.isInteger(request.connectionId) ? request.connectionId : null,
    reused: request.reused ?? null,
    traceId: id(request.traceId, 32),
    spanId: id(request.spanId, 16),
    label: describeBar(total, phases, failed),
    search: `${url} ${hostAndPort(request.host, request.port)} ${request.traceId} ${request.errorType ?? ''} #${request.connectionId ?? ''}`.toLowerCase(),
  };
}

function readConnection(connection, service) {
  const opened = parseTime(connection.openedAt);
  const setup = connection.setup === null ? null : duration(connection.setup);
  return {
    key: `${service} ${connection.spanId}`,
    service, opened, setup,
    id: Number.isInteger(connection.id) ? connection.id : null,
    scheme: clean(connection.scheme, 20),
    host: hostAndPort(connection.address, connection.port),
    peer: clean(connection.peerAddress, 255),
    protocol: protocolName(connection.protocol),
    tls: clean(connection.tlsProtocol, 20),
    closed: connection.closedAt ? parseTime(connection.closedAt) : null,
    phases: readPhases(connection.phases),
    error: connection.errorType ? clean(connection.errorType, 200) : null,
    initiator: connection.initiatedBy ? { key: `${service} ${connection.initiatedBy.spanId}`, traceId: id(connection.initiatedBy.traceId, 32) } : null,
    traceId: id(connection.traceId, 32),
    served: duration(connection.served),
    forgotten: false,
  };
}

function readFinding(finding, service) {
  return {
    key: `${service} ${finding.cause} ${finding.host} ${finding.port} ${finding.foundAt}`,
    service,
    cause: clean(finding.cause, 60),
    host: finding.host ? hostAndPort(finding.host, finding.port) : '',
    summary: clean(finding.summary, 500),
    evidence: clean(finding.evidence, 1000),
    suggestion: clean(finding.suggestion, 1000),
    request: `${service} ${finding.spanId}`,
    traceId: id(finding.traceId, 32),
    found: parseTime(finding.foundAt),
  };
}

export class Store {
  requests = new Map();
  connections = new Map();
  findings = [];
  services = new Map();

  /** Requests that were forgotten by a service before the page could read them. */
  missed = 0;

  /** How many requests have come in all. */
  received = 0;

  /** Takes one message of the stream. */
  take({ service, problem, startedAgain, update }) {
    const name = clean(service, 100);
    if (!update) {
      this.services.set(name, { mode: 'down', problem: clean(problem, 500) });
      return;
    }

    this.services.set(name, { mode: update.enabled ? 'on' : 'off', until: update.until ? parseTime(update.until) : null, phases: update.requestPhases !== false });
    this.missed += update.missed || 0;
    if (startedAgain || !update.enabled) this.#forgetConnections(name);

    for (const request of update.requests ?? []) this.#addRequest(readRequest(request, name));
    for (const connection of update.connections ?? []) this.#addConnection(readConnection(connection, name));
    for (const finding of update.findings ?? []) this.#addFinding(readFinding(finding, name));
  }

  #addRequest(record) {
    const known = this.requests.get(record.key);
    if (known) {
      // It has learned more, such as how long its body took.
      Object.assign(known, record);
      return;
    }
    this.received++;
    this.requests.set(record.key, record);
    if (this.requests.size > MAX_REQUESTS) this.requests.delete(this.requests.keys().next().value);
  }

  #addConnection(record) {
    const known = this.connections.get(record.key);
    if (known) {
      Object.assign(known, record);
      return;
    }
    this.connections.set(record.key, record);
    if (this.connections.size > MAX_CONNECTIONS) this.connections.delete(this.#oldestConnection());
  }

  /** One that is over, where there is one. */
  #oldestConnection() {
    for (const [key, connection] of this.connections) if (isOver(connection)) return key;
    return this.connections.keys().next().value;
  }

  #addFinding(finding) {
    if (this.findings.some(known => known.key === finding.key)) return;
    this.findings.push(finding);
    this.findings.sort((a, b) => b.found - a.found);
    this.findings.length = Math.min(this.findings.length, MAX_FINDINGS);
  }

  /** The service does not report any more what becomes of the connections that it has. */
  #forgetConnections(service) {
    for (const connection of this.connections.values()) if (connection.service === service) connection.forgotten = true;
  }

  /** Removes all but the connections that are open. */
  clear() {
    this.requests.clear();
    this.findings = [];
    this.missed = 0;
    for (const [key, connection] of this.connections) if (isOver(connection) || connection.forgotten) this.connections.delete(key);
  }

  /** opening, open, closed, failed, or unknown: the service does not report it any more. */
  stateOf(connection) {
    if (connection.error !== null) return 'failed';
    if (connection.closed !== null) return 'closed';
    if (connection.forgotten || this.services.get(connection.service)?.mode !== 'on') return 'unknown';
    return connection.setup === null ? 'opening' : 'open';
  }
}

function isOver(connection) {
  return connection.error !== null || connection.closed !== null;
}
