// The strip above the table: all requests on one time axis, and the range that is selected in it.

import { axisTime, clock } from './format.js';
import { drawAxis, fit, padded } from './waterfall.js';

const LINE = 3;

/** The colours of the style sheet, for a canvas. */
export function colours(element) {
  const style = getComputedStyle(element);
  return name => style.getPropertyValue(`--${name}`).trim();
}

/** A canvas as large as it is shown, in device pixels; null where it is not shown. */
export function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) return null;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

export class Strip {
  /** {from, to} of all requests; null: there are none. */
  whole = null;

  /** The selected range; null: all. */
  range = null;

  /**
   * @param element the strip
   * @param selected called with the range that the user selects, or null
   */
  constructor(element, selected) {
    this.element = element;
    this.canvas = element.querySelector('canvas');
    this.axis = element.querySelector('.axis');
    this.window = element.querySelector('.strip-window');
    this.handles = [...element.querySelectorAll('[role=slider]')];
    this.selected = selected;
    this.canvas.addEventListener('pointerdown', event => this.#pressed(event));
    this.canvas.addEventListener('dblclick', () => this.select(null));
    this.handles.forEach((handle, index) => {
      handle.addEventListener('keydown', event => this.#moved(event, index));
      handle.addEventListener('pointerdown', event => this.#dragged(event, index));
    });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  refresh(requests) {
    this.requests = requests;
    const whole = fit(requests);
    this.whole = whole === null ? null : padded(whole);
    this.draw();
  }

  select(range) {
    this.range = range;
    this.#drawWindow();
    this.selected(range);
  }

  draw() {
    const area = prepare(this.canvas);
    if (area === null) return;
    drawAxis(this.axis, this.whole);
    this.#drawWindow();
    if (this.whole === null) return;

    const { context, width, height } = area;
    const colour = colours(this.element);
    const [queue, answer, problem] = [colour('phase-queue'), colour('accent'), colour('problem')];
    const scale = width / (this.whole.to - this.whole.from);
    const lines = Math.max(1, Math.floor((height - 4) / LINE));
    this.requests.forEach((request, index) => {
      const y = 2 + (index % lines) * LINE;
      const x = (request.start - this.whole.from) * scale;
      const queued = request.queued * scale;
      const length = Math.max(1.5, request.total * scale);
      context.fillStyle = queue;
      if (queued >= 0.5) context.fillRect(x, y, queued, LINE - 1);
      context.fillStyle = request.failed ? problem : answer;
      context.fillRect(x + Math.min(queued, length - 1.5), y, Math.max(1.5, length - queued), LINE - 1);
    });
  }

  #drawWindow() {
    this.window.hidden = this.range === null || this.whole === null;
    const { from, to } = this.range ?? this.whole ?? { from: 0, to: 0 };
    const share = time => (this.whole === null ? 0 : Math.min(Math.max((time - this.whole.from) / (this.whole.to - this.whole.from), 0), 1));
    const [left, right] = [share(from), share(to)];
    this.window.style.insetInlineStart = `${(left * 100).toFixed(2)}%`;
    this.window.style.width = `${((right - left) * 100).toFixed(2)}%`;
    [left, right].forEach((value, index) => {
      const handle = this.handles[index];
      handle.style.insetInlineStart = `${(value * 100).toFixed(2)}%`;
      handle.setAttribute('aria-valuenow', Math.round(value * 100));
      handle.setAttribute('aria-valuetext', this.whole === null ? 'no requests' : `${clock(index === 0 ? from : to)}, range of ${axisTime(to - from)}`);
    });
  }

  #timeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    return this.whole.from + share * (this.whole.to - this.whole.from);
  }

  #pressed(event) {
    if (this.whole === null || event.button !== 0) return;
    const start = this.#timeAt(event);
    this.#track(event, time => (Math.abs(time - start) * this.canvas.clientWidth / (this.whole.to - this.whole.from) < 3 ? null : [start, time]));
  }

  #dragged(event, index) {
    if (this.whole === null || event.button !== 0) return;
    const { from, to } = this.range ?? this.whole;
    this.#track(event, time => (index === 0 ? [time, to] : [from, time]));
  }

  /** Follows the pointer until it is released. */
  #track(event, rangeAt) {
    event.preventDefault();
    const target = event.currentTarget;
    target.focus?.({ preventScroll: true });
    target.setPointerCapture(event.pointerId);
    const move = moved => {
      const range = rangeAt(this.#timeAt(moved));
      if (range !== null) this.select({ from: Math.min(...range), to: Math.max(...range) });
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), { once: true });
  }

  #moved(event, index) {
    if (this.whole === null) return;
    const step = (this.whole.to - this.whole.from) / (event.shiftKey ? 10 : 100);
    const change = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') this.select(null);
    if (change === undefined) return;
    event.preventDefault();
    const range = { ...(this.range ?? this.whole) };
    if (index === 0) range.from = Math.min(Math.max(range.from + change, this.whole.from), range.to);
    else range.to = Math.max(Math.min(range.to + change, this.whole.to), range.from);
    this.select(range);
  }
}
