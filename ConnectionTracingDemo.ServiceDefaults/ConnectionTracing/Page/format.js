// Texts and figures. All text from outside passes through clean() and is shown with textContent, never as markup.

/** Phases in the order in which they happen: name in the JSON, name on the page. */
export const PHASES = new Map([
  ['queue', 'Queue'], ['dns', 'DNS'], ['tcp', 'TCP'], ['tunnel', 'Tunnel'], ['tls', 'TLS'],
  ['other', 'Other'], ['send', 'Send'], ['continue', 'Continue'], ['wait', 'Wait'], ['read', 'Read'],
]);

/** The steps of opening a connection. They lie within the queue that waits for them. */
export const SETUP_PHASES = new Set(['dns', 'tcp', 'tunnel', 'tls', 'other']);

const MONTH = 31 * 24 * 3600 * 1000;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

/** Replaces characters that are invisible or change the direction of the text around them by their numbers, and cuts long text. */
export function clean(text, length = 2048) {
  if (typeof text !== 'string') return '';
  const cut = text.length > length ? `${text.slice(0, length)}…` : text;
  return cut.replace(HIDDEN, character => `\\u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

/** A duration in ms that can be drawn: not negative, finite. */
export function duration(value) {
  return value > 0 ? Math.min(value, MONTH) : 0;
}

/** Milliseconds since 1970 of an ISO time, with its fraction: Date.parse stops at milliseconds. */
export function parseTime(text) {
  const fraction = /\.(\d+)/.exec(text);
  const time = Date.parse(fraction ? text.replace(fraction[0], '') : text);
  if (Number.isNaN(time)) return 0;
  return fraction ? time + Number(`0.${fraction[1]}`) * 1000 : time;
}

export function milliseconds(value) {
  return value < 999.95 ? `${value.toFixed(1)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** A length of a time axis, such as 200 ms, 1.5 s or 2 min. */
export function axisTime(value) {
  const trimmed = (number, unit) => `${Number(number.toFixed(2))} ${unit}`;
  if (value < 1000) return trimmed(value, 'ms');
  return value < 120_000 ? trimmed(value / 1000, 's') : trimmed(value / 60_000, 'min');
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

/** The time of day, local, to the millisecond. */
export function clock(time) {
  return CLOCK.format(time);
}

export function age(value) {
  const seconds = Math.max(0, Math.floor(value / 1000));
  if (seconds < 10) return milliseconds(Math.max(0, value));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

export function hostAndPort(host, port) {
  return `${clean(host, 255) || '–'}${port ? `:${port}` : ''}`;
}

export function protocolName(version) {
  return version ? `HTTP/${clean(String(version), 10)}` : '';
}

/** The phases of the JSON, ready to be drawn: the queue first, the steps within it on top. */
export function readPhases(phases) {
  const read = (Array.isArray(phases) ? phases.slice(0, 40) : []).map(phase => ({
    token: PHASES.has(phase.name) ? phase.name : 'other',
    name: PHASES.get(phase.name) ?? clean(phase.name, 40),
    start: duration(phase.start),
    duration: duration(phase.duration),
    error: phase.errorType ? clean(phase.errorType, 200) : null,
  }));
  read.sort((a, b) => (a.token !== 'queue') - (b.token !== 'queue') || a.start - b.start);
  // A queue fails with the step that it waited for: the step is marked, where there is one.
  const step = read.some(phase => phase.error !== null && phase.token !== 'queue');
  for (const phase of read) phase.marked = phase.error !== null && !(step && phase.token === 'queue');
  return read;
}

export function describePhase(phase) {
  return `${phase.name} ${milliseconds(phase.duration)}, after ${milliseconds(phase.start)}${phase.error === null ? '' : `, failed: ${phase.error}`}`;
}

/** The figures of a bar as a sentence, for those who do not see it. */
export function describeBar(total, phases, failed) {
  return `${milliseconds(total)}${failed ? ', failed' : ''}${phases.length > 0 ? ': ' : ''}${phases.map(describePhase).join('; ')}`;
}

/** The request as a curl command. It has no headers, no body and no query: the page does not know them. */
export function curl(request) {
  const quote = text => `'${text.replaceAll("'", "'\\''")}'`;
  const url = request.url.replace(/\?\*$/, '');
  const secure = url.startsWith('https:');
  const version = { 1.1: '--http1.1', '1.0': '--http1.0', 2: secure ? '--http2' : '--http2-prior-knowledge', 3: '--http3' }[request.version];
  // With --request HEAD, curl would wait for a body. Brackets and braces in a path are patterns without --globoff.
  const method = request.method === 'HEAD' ? ['--head'] : ['--request', quote(request.method)];
  return ['curl', '--verbose', version, /[[\]{}]/.test(url) && '--globoff', ...method, quote(url)].filter(Boolean).join(' ');
}
