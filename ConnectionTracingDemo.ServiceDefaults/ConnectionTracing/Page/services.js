// The services whose requests the page shows: how their connection tracing stands, and the buttons that switch it.

import { clock } from './format.js';
import { refusal } from './stream.js';

const MINUTES = '00:05:00';

function stateText({ mode, problem, until, phases }) {
  if (mode === 'down') return problem;
  if (mode === 'off') return 'Off: its requests are not recorded.';
  const end = until ? ` until ${clock(until).slice(0, 8)}` : '';
  return `On${end}.${phases ? '' : ' RequestPhases is off: sending, waiting and reading are not recorded.'}`;
}

export class ServiceList {
  #items = new Map();

  /**
   * @param list the list
   * @param failed called with the text of an error
   */
  constructor(list, failed) {
    this.list = list;
    this.failed = failed;
    this.template = document.getElementById('service').content.firstElementChild;
  }

  refresh(services) {
    for (const [name, state] of services) {
      let item = this.#items.get(name);
      if (item === undefined) {
        item = this.#create(name);
        this.#items.set(name, item);
        this.list.append(item);
      }
      item.dataset.mode = state.mode;
      const text = stateText(state);
      const line = item.querySelector('.service-state');
      if (line.textContent !== text) line.textContent = text;
      item.querySelector('.service-on').hidden = state.mode !== 'off';
      item.querySelector('.service-for').hidden = state.mode !== 'off';
      item.querySelector('.service-off').hidden = state.mode !== 'on';
    }
  }

  #create(name) {
    const item = document.importNode(this.template, true);
    item.dataset.service = name;
    item.querySelector('.service-name').textContent = name;
    const commands = { on: { enabled: true }, for: { enabled: true, for: MINUTES }, off: { enabled: false } };
    for (const [button, command] of Object.entries(commands)) {
      const element = item.querySelector(`.service-${button}`);
      element.setAttribute('aria-label', `${element.textContent}: ${name}`);
      element.addEventListener('click', () => this.#send(name, command));
    }
    return item;
  }

  async #send(name, command) {
    try {
      const answer = await fetch(new URL(`services/${encodeURIComponent(name)}`, import.meta.url), {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(command),
      });
      this.failed(answer.ok ? '' : `${name} could not be switched. ${await refusal(answer)}`);
    } catch {
      this.failed(`${name} could not be switched: this service does not answer.`);
    }
  }
}
