// The server-sent events of the page. The browser reconnects after a lost connection, but not after a refusal.

const LOST = 'The connection to this service is lost. The page goes on as soon as it is back.';
const RETRY = 3000;

/** Why a service refuses a request of the page. */
export async function refusal(answer) {
  const problem = await answer.json().catch(() => null);
  return problem?.detail ?? `This service answers with status ${answer.status}.`;
}

export class Stream {
  #source = null;
  #last = '';

  /**
   * @param received called with each message
   * @param failed called with the text of an error, or '' when it is over
   */
  constructor(received, failed) {
    this.received = received;
    this.failed = failed;
    this.url = new URL('events', import.meta.url);
    // A page in the back-forward cache keeps no stream open.
    addEventListener('pagehide', () => this.#source?.close());
    addEventListener('pageshow', event => { if (event.persisted) this.open(); });
  }

  open() {
    this.#source?.close();
    if (this.#last !== '') this.url.searchParams.set('after', this.#last);
    const source = new EventSource(this.url);
    this.#source = source;
    source.onopen = () => this.failed('');
    source.onmessage = event => {
      this.#last = event.lastEventId;
      this.received(JSON.parse(event.data));
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) {
        this.failed(LOST);
        return;
      }
      this.#askWhy();
      setTimeout(() => { if (this.#source === source) this.open(); }, RETRY);
    };
  }

  /** An event source does not have the text of a refusal. */
  async #askWhy() {
    const question = new AbortController();
    try {
      const answer = await fetch(this.url, { signal: question.signal });
      // A redirect leads to a page to sign in, after a session has ended.
      if (answer.redirected) this.failed('This service asks you to sign in again. Reload the page.');
      else this.failed(answer.ok ? LOST : await refusal(answer));
    } catch {
      this.failed(LOST);
    } finally {
      question.abort();
    }
  }
}
