#pragma once
/// How pages look, by day and by night.

#include <string_view>

namespace landfall::faces::pages {

inline constexpr std::string_view kStylesheet = R"css(:root {
  color-scheme: light dark;
  --ground: #f3f5f4; --paper: #fff; --ink: #17211d; --soft: #52605a; --line: #c3ccc8;
  --accent: #0b6b4f; --accent-ink: #fff; --fault: #a81c1c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101513; --paper: #1a211e; --ink: #e8eeeb; --soft: #a3b1ab; --line: #3d4a44;
    --accent: #4cc79b; --accent-ink: #06251a; --fault: #ff9b93;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 10vh auto 2rem; padding: 2rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .75rem; }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0; font-weight: 600; }
.brand svg { fill: none; stroke: var(--accent); stroke-width: 2; }
h1 { margin: 1rem 0; font-size: 1.4rem; line-height: 1.25; }
.field { margin: 0 0 1rem; }
label { display: block; margin: 0 0 .25rem; font-weight: 600; }
input, select { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--soft); border-radius: .4rem; }
input[aria-invalid] { border-color: var(--fault); }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { margin: .25rem 0 0; color: var(--soft); font-size: .9rem; }
.fault { margin: .25rem 0 1rem; color: var(--fault); font-weight: 600; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { flex: 1 1 8rem; padding: .65rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent-ink); background: var(--accent); border: 1px solid var(--accent); border-radius: .4rem; }
button.quiet { color: var(--ink); background: transparent; border-color: var(--soft); }
.code { margin: 1rem 0; font: 600 1.8rem/1.2 ui-monospace, monospace; letter-spacing: .1em; text-align: center; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
.docs { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0 3rem; max-width: 72rem; margin: 2rem auto; }
.docs.front { display: block; max-width: 44rem; }
.docs nav h2 { margin: 1.5rem 0 .25rem; font-size: .9rem; color: var(--soft); }
.docs nav ul { margin: 0; padding: 0; list-style: none; }
.docs nav a { display: block; padding: .15rem 0; text-decoration: none; }
.docs nav a[aria-current] { color: var(--ink); font-weight: 600; }
article h1 { margin-top: .25rem; }
article h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
article h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
article pre, article .scroll { overflow-x: auto; }
article pre { padding: .75rem 1rem; background: var(--ground); border-radius: .4rem; font-size: .875rem; }
article code { overflow-wrap: anywhere; font-size: .9em; }
article pre code { overflow-wrap: normal; }
article table { border-collapse: collapse; }
article th, article td { padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
@media (max-width: 50rem) { .docs { display: block; max-width: none; } .docs nav ul { columns: 2; } }
@media (max-width: 30rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; } }
)css";

} // namespace landfall::faces::pages
