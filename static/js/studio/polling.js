/** Fragments that ask for themselves: a lost login, a deleted row, and words for screen readers. */
{
  let said = "";

  const announce = (words) => {
    if (!words || words === said) return;
    said = words;
    let region = document.getElementById("studio-said");
    if (!region) {
      region = document.createElement("p");
      region.id = "studio-said";
      region.className = "visually-hidden";
      region.setAttribute("role", "status");
      document.body.append(region);
    }
    region.textContent = words;
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo, elt } = event.detail;
    const asked = new URL(pathInfo?.finalRequestPath ?? pathInfo?.requestPath ?? "", location.href);
    const answered = new URL(xhr.responseURL || asked, location.href);
    if (xhr.status === 404 && elt.hasAttribute("hx-trigger")) {
      // Somebody deleted it: the page has to be another one.
      location.reload();
    } else if (answered.pathname !== asked.pathname) {
      // The answer is the log-in page; it belongs in the window, not in the panel.
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  // Not each percentage, only each new step is worth interrupting for.
  document.addEventListener("htmx:afterSettle", () => {
    announce(document.querySelector("#clip-standing h2")?.textContent ?? "");
  });
}
