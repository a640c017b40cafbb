/** Keeps one menu (`<details>`) open at a time; a click elsewhere, Escape or a choice closes it. */
export function watchMenus(): void {
  const open = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    for (const menu of open()) {
      if (!menu.contains(target) || target.closest("[data-action]")) menu.open = false;
    }
  });
  // "toggle" does not bubble; it can be captured.
  document.addEventListener("toggle", ({ target }) => target instanceof HTMLDetailsElement && place(target), true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** Opens a menu towards free space: upwards near the bottom of its scroller, to the end near its start. */
function place(menu: HTMLDetailsElement): void {
  const items = menu.querySelector<HTMLElement>(":scope > .menu__items");
  if (!menu.open || !items || !menu.matches("details.menu")) return;
  delete menu.dataset["opens"];
  const box = items.getBoundingClientRect();
  const room = menu.closest("#message-scroll")?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight);
  const up = box.bottom > room.bottom && menu.getBoundingClientRect().top - box.height > room.top;
  const start = box.left < room.left;
  if (up || start) menu.dataset["opens"] = [up && "up", start && "start"].filter(Boolean).join(" ");
}
