// The panel with all that is known of one request, or of one connection.

import { PHASES, age, clock, curl, milliseconds } from './format.js';

function element(name, text, className) {
  const created = document.createElement(name);
  if (text) created.textContent = text;
  if (className) created.className = className;
  return created;
}

/** A list of names and values; without a value, a name is left out. */
function facts(entries) {
  const list = element('dl');
  for (const [name, value] of entries) {
    if (value === '' || value === null || value === undefined) continue;
    const definition = element('dd');
    definition.append(value);
    list.append(element('dt', name), definition);
  }
  return list;
}

function section(title, ...content) {
  const part = element('section');
  part.append(element('h3', title), ...content.filter(Boolean));
  return part;
}

function phaseTable(phases) {
  const table = element('table', '', 'phase-table');
  const head = table.createTHead().insertRow();
  for (const name of ['Phase', 'Duration', 'After']) {
    const cell = element('th', name);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  for (const phase of phases) {
    const row = body.insertRow();
    row.className = `phase-${phase.token}${phase.error === null ? '' : ' failed'}`;
    const name = element('th', phase.name);
    name.scope = 'row';
    if (phase.error !== null) name.append(element('span', `failed: ${phase.error}`, 'phase-error'));
    row.append(name, element('td', milliseconds(phase.duration)), element('td', milliseconds(phase.start)));
  }
  return table;
}

export class Details {
  /** The key of what is shown; null: the panel is closed. */
  shown = null;

  #written = null;

  /**
   * @param panel the panel
   * @param store where requests and connections are
   * @param traceUrl the address of a trace in the dashboard, or null
   * @param open shows another request, by its key
   * @param showRequests shows the requests of a connection in the table
   * @param closed called when the user closes the panel
   */
  constructor(panel, { store, traceUrl, open, showRequests, closed }) {
    Object.assign(this, { panel, store, traceUrl, open, showRequests });
    this.content = panel.querySelector('.details-content');
    this.title = panel.querySelector('h2');
    panel.querySelector('.details-close').addEventListener('click', () => closed());
    panel.addEventListener('keydown', event => {
      if (event.key === 'Escape') closed();
    });
  }

  close() {
    this.shown = this.#written = null;
    this.panel.hidden = true;
  }

  /** Shows what has been learned since. */
  refresh() {
    const request = this.store.requests.get(this.shown);
    const connection = this.store.connections.get(this.shown);
    if (request) this.show(request);
    else if (connection) this.showConnection(connection, false);
  }

  show(request, focus = false) {
    const connection = this.store.connections.get(request.connection);
    const failed = [...this.store.connections.values()].filter(attempt => attempt.error !== null && attempt.initiator?.key === request.key);
    const findings = this.store.findings.filter(finding => finding.request === request.key);
    const off = this.store.services.get(request.service)?.phases === false;
    // The label has all figures of the request.
    if (!this.#isNew(request, focus, request.label, connection, connection && this.store.stateOf(connection), failed, findings, off)) return;
    this.title.textContent = `${request.method} ${request.url}`;
    const bar = document.createElement('timing-bar');
    bar.show({ phases: request.phases, headers: request.headers, from: 0, to: request.total, label: request.label });
    this.#fill(
      facts([
        ['Service', request.service],
        ['Started', clock(request.start)],
        ['Status', request.status === 0 ? 'no response' : String(request.status)],
        ['Error', request.problem],
        ['Total', milliseconds(request.total)],
        ['Trace', this.#trace(request.traceId)],
      ]),
      this.#findings(findings),
      section('Where the time went', bar, request.phases.length > 0 ? phaseTable(request.phases)
        : element('p', off ? 'The service does not record phases: its setting ConnectionTracing:RequestPhases is off.' : 'No phases were recorded.')),
      section('Connection', this.#connection(request, connection)),
      failed.length > 0 && section('Attempts that failed', ...failed.map(attempt => this.#attempt(attempt))),
      this.#curl(request),
    );
    this.#reveal(focus);
  }

  showConnection(connection, focus = true) {
    if (!this.#isNew(connection, focus, connection, this.store.stateOf(connection))) return;
    this.title.textContent = `Connection ${connection.id === null ? '' : `#${connection.id} `}to ${connection.host}`;
    this.#fill(
      this.#connectionFacts(connection),
      connection.phases.length > 0 && section('Opening it', phaseTable(connection.phases)),
      this.#button('Show its requests', () => this.showRequests(connection)),
    );
    this.#reveal(focus);
  }

  /** Whether the panel has to be written: what is read, or copied, is not replaced by the same, nor for another count of a connection's requests. */
  #isNew({ key }, focus, ...shown) {
    const written = JSON.stringify([key, shown], (name, value) => (name === 'served' ? undefined : value));
    if (written === this.#written && !focus) return false;
    this.shown = key;
    this.#written = written;
    return true;
  }

  #reveal(focus) {
    this.panel.hidden = false;
    if (focus) this.title.focus({ preventScroll: true });
  }

  #fill(...parts) {
    const focused = this.content.contains(document.activeElement);
    this.content.replaceChildren(...parts.filter(Boolean));
    if (focused) this.content.focus({ preventScroll: true });
  }

  #button(text, click) {
    const button = element('button', text, 'button button-quiet');
    button.type = 'button';
    button.addEventListener('click', () => click(button));
    return button;
  }

  /** A link to the trace in the dashboard or, where its address is not known, the trace id. */
  #trace(traceId) {
    const url = this.traceUrl(traceId);
    if (url === null) return element('code', traceId);
    const link = element('a', 'Open in the dashboard');
    link.href = url;
    return link;
  }

  #findings(findings) {
    return findings.length > 0 && section('Findings', ...findings.map(finding => {
      const item = element('div', '', 'finding');
      item.append(element('p', finding.summary, 'finding-summary'), element('p', finding.evidence), element('p', finding.suggestion));
      return item;
    }));
  }

  #connection(request, connection) {
    const use = request.reused === null ? '' : request.reused ? 'reused: an earlier request had used it' : 'new: this was the first request on it';
    if (connection === undefined) {
      return facts([['Number', request.connectionId === null ? '' : `#${request.connectionId}`], ['Use', use], ['Protocol', request.protocol], ['Known', 'no more than this']]);
    }
    const list = this.#connectionFacts(connection, request.start + request.queued);
    list.prepend(...facts([['Use', use]]).childNodes);
    const initiator = connection.initiator;
    if (initiator !== null) list.append(element('dt', 'Opened by'), initiator.key === request.key ? element('dd', 'this request') : this.#opener(initiator));
    return list;
  }

  /** The request that opened a connection: on this page, or in the dashboard. */
  #opener({ key, traceId }) {
    const definition = element('dd');
    const opener = this.store.requests.get(key);
    definition.append(opener === undefined ? this.#trace(traceId) : this.#button(`${opener.method} ${opener.url}`, () => this.open(opener)));
    return definition;
  }

  #connectionFacts(connection, sent) {
    const state = this.store.stateOf(connection);
    return facts([
      ['Number', connection.id === null ? '' : `#${connection.id}`],
      ['State', state],
      ['Age', sent === undefined ? age((connection.closed ?? Date.now()) - connection.opened) : `${age(sent - connection.opened)} when the request was sent`],
      ['Host', connection.host],
      ['Peer', connection.peer],
      ['Protocol', connection.protocol],
      ['TLS', connection.tls],
      ['Opened', `${clock(connection.opened)}${connection.setup === null ? '' : `, in ${milliseconds(connection.setup)}`}`],
      ['Closed', connection.closed === null ? '' : clock(connection.closed)],
      ['Error', connection.error],
      ['Requests', connection.served.toLocaleString('en')],
      ['Its trace', this.#trace(connection.traceId)],
    ]);
  }

  #attempt(attempt) {
    const failed = attempt.phases.find(phase => phase.error !== null);
    return facts([
      ['To', attempt.peer || attempt.host],
      ['Failed in', failed ? PHASES.get(failed.token) : ''],
      ['Error', failed?.error ?? attempt.error],
      ['After', attempt.setup === null ? '' : milliseconds(attempt.setup)],
      ['Its trace', this.#trace(attempt.traceId)],
    ]);
  }

  #curl(request) {
    const command = curl(request);
    const code = element('code', command, 'curl');
    const copy = this.#button('Copy', async button => {
      try {
        await navigator.clipboard.writeText(command);
        button.textContent = 'Copied';
      } catch {
        // Without permission, or over http: the command is selected instead.
        getSelection().selectAllChildren(code);
        button.textContent = 'Selected: press Ctrl+C';
      }
    });
    return section('As curl', code, copy, element('p', 'Without query, headers and body: they may hold secrets, and the page does not have them.', 'note'));
  }
}
