/**
 * The shell: what every page needs beyond the theme, and the door through which players load.
 * The browser runs this file once per full load; pages then come and go by instant navigation.
 */

import { quietCodeTools } from "./code.ts";
import { repairDrawer } from "./drawer.ts";
import { enhanceFigures } from "./figures.ts";
import { focusHeading, openTarget } from "./headings.ts";
import { keepPage } from "./navigation.ts";
import { onEveryPage } from "./page.ts";
import { loadPlayers } from "./players.ts";
import { repairSearch } from "./search.ts";
import { guardSingleKeys } from "./shortcuts.ts";
import { reachWideTables } from "./tables.ts";

keepPage();
guardSingleKeys();
repairDrawer();
repairSearch();
window.addEventListener("hashchange", openTarget);
window.addEventListener("resize", () => reachWideTables());

onEveryPage((first) => {
  loadPlayers();
  quietCodeTools();
  reachWideTables();
  enhanceFigures();
  openTarget();
  focusHeading(first);
});
