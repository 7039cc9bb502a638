// Follows work that goes on beside the page without drawing it anew: asks for the page again, shows how far the work is,
// and loads the page when it has ended. What is followed has an id and `data-running`, the seconds from one question to
// the next. Without this module the page refreshes itself.

const SECOND = 1000;
const status = document.querySelector("[data-running]");

async function follow() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(status.id);
    if (!now || !("running" in now.dataset)) {
      location.reload();
      return;
    }
    if (now.textContent.trim() !== status.textContent.trim()) {
      status.replaceChildren(...now.childNodes);
    }
  } catch {
    // the server does not answer just now: ask again
  }
  wait();
}

function wait() {
  setTimeout(follow, Number(status.dataset.running) * SECOND);
}

if (status) {
  wait();
}
