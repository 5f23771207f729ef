// Which requests are shown. The address of the page keeps it.

const STATUSES = {
  '1xx': request => request.status >= 100 && request.status < 200,
  '2xx': request => request.status >= 200 && request.status < 300,
  '3xx': request => request.status >= 300 && request.status < 400,
  '4xx': request => request.status >= 400 && request.status < 500,
  '5xx': request => request.status >= 500,
  none: request => request.status === 0,
};

/** Reads a comparison such as "100" or "100 ms"; null where there is none. */
function number(text) {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

export class Filter {
  /** A connection's key; empty: all. */
  connection = '';

  /** {from, to} in ms since 1970; null: all. */
  range = null;

  /**
   * @param form the fields text, method, status, service, slow and failed
   * @param changed called when the user changes a field
   */
  constructor(form, changed) {
    this.form = form;
    this.methods = new Set();
    this.#setFields(new URLSearchParams(location.search));
    this.#read();
    form.addEventListener('submit', event => event.preventDefault());
    form.addEventListener('input', () => this.update());
    this.changed = changed;
  }

  #setFields(query) {
    for (const field of this.form.elements) {
      const value = query.get(field.name)?.slice(0, 300);
      if (field.name === '' || value === undefined) continue;
      if (field.type === 'checkbox') field.checked = value === 'true';
      else if (field.type === 'radio') field.checked ||= field.value === value;
      else if (field.name !== 'status' || Object.hasOwn(STATUSES, value)) {
        // A service or a method may not have been seen yet.
        if (field.tagName === 'SELECT') this.#addOption(field, value);
        field.value = value;
      }
    }
  }

  #read() {
    const fields = this.form.elements;
    this.words = fields.text.value.toLowerCase().split(/\s+/).filter(word => word !== '');
    this.method = fields.method.value;
    this.status = STATUSES[fields.status.value] ?? null;
    this.service = fields.service.value;
    this.slow = number(fields.slow.value);
    this.failed = fields.failed.checked;
  }

  update() {
    this.#read();
    const query = new URLSearchParams([...new FormData(this.form)].filter(([name, value]) => value !== '' && !(name === 'view' && value === 'waterfall')));
    history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname);
    this.changed();
  }

  /** Shows all requests; with a text or a connection, those. The view stays. */
  reset({ text = '', connection = '', view = this.view } = {}) {
    this.form.reset();
    this.form.elements.text.value = text;
    this.form.elements.view.value = view;
    this.connection = connection;
    this.range = null;
    this.update();
  }

  get view() {
    return this.form.elements.view.value;
  }

  /** Whether something is filtered, besides the time range. */
  get active() {
    return this.words.length > 0 || this.method !== '' || this.status !== null || this.service !== '' || this.slow !== null || this.failed || this.connection !== '';
  }

  shows(request) {
    return (this.service === '' || request.service === this.service)
      && (this.method === '' || request.method === this.method)
      && (this.status === null || this.status(request))
      && (this.slow === null || request.total > this.slow)
      && (!this.failed || request.failed)
      && (this.connection === '' || request.connection === this.connection)
      && this.words.every(word => request.search.includes(word));
  }

  /** Whether a request overlaps the time range. */
  isInRange(request) {
    return this.range === null || (request.end >= this.range.from && request.start <= this.range.to);
  }

  showsConnection(connection) {
    return (this.service === '' || connection.service === this.service) && (this.connection === '' || connection.key === this.connection);
  }

  /** Offers what there is to choose from. */
  offer(services, requests) {
    for (const name of services) this.#addOption(this.form.elements.service, name);
    for (const { method } of requests) {
      if (this.methods.size >= 20 || this.methods.has(method)) continue;
      this.methods.add(method);
      this.#addOption(this.form.elements.method, method);
    }
  }

  #addOption(select, value) {
    if (![...select.options].some(option => option.value === value)) select.add(new Option(value, value));
  }
}
