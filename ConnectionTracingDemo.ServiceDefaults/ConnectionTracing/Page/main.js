const { assets } = document.body.dataset;
const list = document.getElementById("requests");

new EventSource(`${assets}events`).onmessage = event => {
  const { service, problem, update } = JSON.parse(event.data);
  for (const text of problem ? [problem] : update.requests.map(request => `${service} ${request.method} ${request.url} ${request.duration} ms`)) {
    const item = document.createElement("li");
    item.textContent = text;
    list.prepend(item);
  }
};
