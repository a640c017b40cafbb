/** Menus are `<details>`: one is open at a time, and it closes by a click elsewhere, by Escape, or by a choice. */
export function watchMenus(): void {
  const open = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    for (const menu of open()) {
      if (!menu.contains(target) || target.closest("[data-action]")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
