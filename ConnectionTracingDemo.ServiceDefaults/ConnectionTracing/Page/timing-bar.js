// <timing-bar>: where the time of one request, or of one connection setup, went. The page draws with show(); other pages write
//   <timing-bar request='{TracedRequest as JSON}' scale="milliseconds of the full width">text for browsers without script</timing-bar>

import { SETUP_PHASES, describeBar, duration, readPhases } from './format.js';

const SVG = 'http://www.w3.org/2000/svg';

/** How much of the width is used: the cross of a phase that fails last needs room. */
const USED = 97;

function element(name, attributes) {
  const created = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  return created;
}

export class TimingBar extends HTMLElement {
  static observedAttributes = ['request', 'scale'];

  #svg = null;

  connectedCallback() {
    this.#read();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#read();
  }

  #read() {
    if (!this.hasAttribute('request')) return;
    let request;
    try {
      request = JSON.parse(this.getAttribute('request'));
    } catch {
      // The text for browsers without script stays.
      return;
    }
    const phases = readPhases(request.phases);
    const headers = duration(request.duration);
    const total = phases.reduce((end, phase) => Math.max(end, phase.start + phase.duration), headers);
    const failed = Boolean(request.errorType) || !(request.status < 400);
    const scale = Number(this.getAttribute('scale'));
    this.show({ phases, headers, from: 0, to: scale > 0 ? scale : total, label: describeBar(total, phases, failed) });
  }

  /**
   * Draws.
   * @param phases what readPhases() returns, in ms after `offset`
   * @param headers ms until the response headers: time that no phase covers is a thin line
   * @param offset where the bar begins on the axis
   * @param from where the axis begins
   * @param to where the axis ends
   * @param label the figures as text
   */
  show({ phases, headers, offset = 0, from, to, label }) {
    const length = to - from;
    const at = time => (length > 0 ? Math.min(Math.max((time - from) / length, 0), 1) * USED : 0);
    const percent = share => `${share.toFixed(3)}%`;
    const piece = (name, start, time, y, height) => {
      const x = at(offset + start);
      // A stroke keeps the shortest phase visible, and it needs a width.
      return element('rect', { class: name, x: percent(x), y, width: percent(Math.max(at(offset + start + time) - x, time > 0 ? 0.001 : 0)), height });
    };

    const pieces = [];
    if (headers > 0) pieces.push(piece('timing-whole', 0, headers, 9, 2));
    for (const phase of phases) {
      const inner = SETUP_PHASES.has(phase.token) && !this.hasAttribute('setup');
      const name = `timing-phase phase-${phase.token}${phase.marked ? ' timing-phase-failed' : ''}`;
      pieces.push(piece(name, phase.start, phase.duration, inner ? 6 : 2, inner ? 8 : 16));
    }
    for (const phase of phases) {
      if (!phase.marked) continue;
      const cross = element('text', { class: 'timing-cross', x: percent(at(offset + phase.start + phase.duration)), y: 15 });
      cross.textContent = '✕';
      pieces.push(cross);
    }

    if (this.#svg === null) {
      this.#svg = element('svg', { class: 'timing-svg', width: '100%', height: 20, 'aria-hidden': 'true' });
      this.replaceChildren(this.#svg);
      this.setAttribute('role', 'img');
    }
    this.#svg.replaceChildren(...pieces);
    this.setAttribute('aria-label', label);
    this.title = label;
  }
}

customElements.define('timing-bar', TimingBar);
