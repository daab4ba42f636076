// How the page of `--html` looks.

enum PageStyle {
    static let css = """
        :root {
          color-scheme: light dark;
          --paper: #fbfaf8; --card: #ffffff; --ink: #1d1f24; --soft: #62666f; --line: #e6e3dd;
          --blue: #2f62d9; --amber: #c2700c; --green: #2c8a57; --grey: #a3a7b0; --bad: #c2262e;
          --shadow: 0 1px 2px rgb(0 0 0 / .05), 0 6px 20px rgb(0 0 0 / .04);
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #14161a; --card: #1c1f25; --ink: #eceef2; --soft: #9aa1ad; --line: #30343c;
            --blue: #7aa5ff; --amber: #f0ab4b; --green: #5ecb93; --grey: #6c727d; --bad: #ff7b7f;
            --shadow: none;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 1240px; padding: 36px 28px 56px; background: var(--paper);
          color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif;
          font-variant-numeric: tabular-nums;
        }
        header { display: grid; grid-template-columns: 1fr auto; gap: 2px 24px; align-items: end; }
        h1 { margin: 0; font-size: 26px; letter-spacing: -.02em; }
        header p { margin: 0; color: var(--soft); text-align: right; font-size: 13px; }
        header code {
          grid-column: 1 / -1; color: var(--soft); font-size: 13px; overflow-wrap: anywhere;
        }
        section, .scroll {
          margin-top: 26px; padding: 24px 26px 18px; background: var(--card); border-radius: 14px;
          border: 1px solid var(--line); box-shadow: var(--shadow);
        }
        .scroll { overflow-x: auto; padding: 12px 14px; }
        h2 { margin: 0; font-size: 17px; }
        h2 span { font-weight: 400; color: var(--soft); margin-left: .4em; }
        .against { margin: 0; color: var(--soft); font-size: 13px; }
        .headline { margin: 18px 0 14px; font-size: 16px; color: var(--soft); }
        .headline b {
          font-size: 42px; line-height: 1.1; letter-spacing: -.03em; color: var(--ink);
          margin-right: .15em;
        }
        dl {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px 18px;
          margin: 0; padding: 14px 0; border-top: 1px solid var(--line);
        }
        dt { color: var(--soft); font-size: 12.5px; }
        dd { margin: 0; font-size: 17px; font-weight: 600; }
        .limit { margin: 0 0 14px; color: var(--soft); font-size: 13.5px; }
        .notes { margin: 0 0 14px; padding: 10px 14px 10px 30px; border-radius: 8px;
          background: color-mix(in srgb, var(--amber) 12%, transparent); font-size: 14px; }
        .bad { color: var(--bad); font-weight: 600; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr));
          gap: 10px 30px; border-top: 1px solid var(--line); padding-top: 16px; }
        figure { margin: 0; min-width: 0; }
        figcaption { display: flex; gap: 14px; align-items: baseline; font-size: 13.5px; }
        figcaption b { font-weight: 600; margin-right: auto; }
        .key { color: var(--soft); font-size: 12.5px; white-space: nowrap; }
        .key i { display: inline-block; width: 14px; height: 3px; border-radius: 2px;
          margin-right: 6px; vertical-align: middle; background: currentColor; }
        svg { display: block; width: 100%; height: auto; }
        text { fill: var(--soft); font: 11.5px system-ui, "Segoe UI", Roboto, sans-serif; }
        text.x { text-anchor: middle; } text.end { text-anchor: end; }
        text.y { text-anchor: end; }
        .grid { stroke: var(--line); }
        .axis { stroke: var(--grey); }
        polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round;
          stroke: currentColor; }
        polygon { fill: currentColor; stroke: none; opacity: .13; }
        .blue { color: var(--blue); } .amber { color: var(--amber); }
        .green { color: var(--green); } .grey { color: var(--grey); }
        polyline.grey { stroke-width: 1.5; }
        .other { color: var(--grey); } polyline.other { stroke-width: 1.25; opacity: .7; }
        table { width: 100%; border-collapse: collapse; font-size: 14px; }
        th, td { padding: 7px 10px; text-align: left; border-bottom: 1px solid var(--line); }
        tbody tr:last-child > * { border-bottom: 0; }
        thead th { color: var(--soft); font-weight: 500; font-size: 12.5px; }
        td.what, td.unit { color: var(--soft); }
        .n { text-align: right; white-space: nowrap; }
        a { color: var(--blue); text-decoration: none; } a:hover { text-decoration: underline; }
        footer { margin-top: 28px; color: var(--soft); font-size: 13px; max-width: 78ch; }
        @media (max-width: 560px) {
          body { padding: 20px 12px 40px; } .charts { grid-template-columns: 1fr; }
          header { grid-template-columns: 1fr; } header p { text-align: left; }
          section { padding: 18px 16px; }
        }
        """
}
