// Follows an import without drawing the whole page anew: asks for it every second, shows how far it is, and loads the
// page again when the work has ended. Without this module the page refreshes itself.

const SECOND = 1000;
const status = document.getElementById("import-status");

async function follow() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("import-status");
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
  setTimeout(follow, SECOND);
}

if (status && "running" in status.dataset) {
  setTimeout(follow, SECOND);
}
