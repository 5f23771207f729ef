// The time axis that bars share.

import { axisTime } from './format.js';

/** The width of a label, in pixels. */
const LABEL = 64;

const STEPS = [1, 2, 5, 10];

/** The axis from the first start to the last end of some requests. */
export function fit(requests) {
  let from = Infinity;
  let to = -Infinity;
  for (const request of requests) {
    from = Math.min(from, request.start);
    to = Math.max(to, request.end);
  }
  return from <= to ? { from, to: Math.max(to, from + 0.1) } : null;
}

/**
 * The newest stretch of activity: it ends with the newest request, and begins where nothing happened for a while before.
 * @param requests by start
 * @param pause how long nothing happens, in ms
 * @param most how long the stretch is at most, in ms
 */
export function newestActivity(requests, pause = 1500, most = 60_000) {
  const whole = fit(requests);
  if (whole === null) return null;

  let from = whole.to;
  for (let i = requests.length - 1; i >= 0 && whole.to - from < most; i--) {
    if (requests[i].end < from - pause) break;
    from = Math.min(from, requests[i].start);
  }
  return { from, to: whole.to };
}

/** A little room on both sides. */
export function padded({ from, to }) {
  const room = Math.max((to - from) * 0.02, 0.05);
  return { from: from - room, to: to + room };
}

/** At most so many round lengths on an axis, from its beginning: [{share, text}], share from 0 to 1. */
export function ticks({ from, to }, most) {
  const length = to - from;
  if (!(length > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(length / most));
  const step = STEPS.map(factor => factor * power).find(candidate => length / candidate <= most);
  const result = [];
  for (let i = 0; i * step <= length; i++) result.push({ share: (i * step) / length, text: axisTime(i * step) });
  return result;
}

/** Writes the axis into an element. */
export function drawAxis(element, axis, used = 1) {
  const width = element.clientWidth;
  const wanted = axis === null ? [] : ticks(axis, Math.max(2, Math.min(Math.floor(width / LABEL), 14))).filter(tick => width * (1 - tick.share * used) > LABEL * 0.75);
  while (element.children.length > wanted.length) element.lastElementChild.remove();
  wanted.forEach((tick, index) => {
    const label = element.children[index] ?? element.appendChild(document.createElement('span'));
    if (label.textContent !== tick.text) label.textContent = tick.text;
    label.style.insetInlineStart = `${(tick.share * used * 100).toFixed(2)}%`;
  });
}
