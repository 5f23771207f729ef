// What the diagnosis found, above the table, and whether all is well.

import { count, clock } from './format.js';

export class FindingList {
  #items = new Map();

  /**
   * @param element the section
   * @param open shows a request, by its key
   * @param showHost shows all requests to a host
   */
  constructor(element, { open, showHost, traceUrl }) {
    Object.assign(this, { element, open, showHost, traceUrl });
    this.list = element.querySelector('ul');
    this.healthy = element.querySelector('.healthy');
    this.template = document.getElementById('finding').content.firstElementChild;
  }

  refresh(store) {
    const keep = new Set(store.findings.map(finding => finding.key));
    for (const [key, item] of this.#items) {
      if (keep.has(key)) continue;
      item.remove();
      this.#items.delete(key);
    }
    let next = this.list.firstElementChild;
    for (const finding of store.findings) {
      let item = this.#items.get(finding.key);
      if (item === undefined) {
        item = this.#create(finding);
        this.#items.set(finding.key, item);
      }
      item.querySelector('.finding-request').hidden = !store.requests.has(finding.request);
      if (item === next) next = next.nextElementSibling;
      else this.list.insertBefore(item, next);
    }

    this.list.hidden = store.findings.length === 0;
    this.healthy.hidden = store.findings.length > 0 || store.requests.size === 0;
    const failed = [...store.requests.values()].filter(request => request.failed).length;
    const text = `No findings in ${count(store.requests.size, 'request')}${failed > 0 ? `, ${failed.toLocaleString('en')} of which failed` : ''}.`;
    if (this.healthy.textContent !== text) this.healthy.textContent = text;
  }

  #create(finding) {
    const item = document.importNode(this.template, true);
    const part = name => item.querySelector(`.finding-${name}`);
    part('summary').textContent = finding.summary;
    part('evidence').textContent = finding.evidence;
    part('suggestion').textContent = finding.suggestion;
    part('source').textContent = [clock(finding.found), finding.service, finding.host, finding.cause].filter(Boolean).join(' · ');
    part('request').addEventListener('click', () => this.open(finding.request));
    part('host').hidden = finding.host === '';
    part('host').addEventListener('click', () => this.showHost(finding.host));
    const url = this.traceUrl(finding.traceId);
    part('trace').hidden = url === null;
    if (url !== null) part('trace').href = url;
    return item;
  }
}
