// What a terminal of some width shows of what a program wrote to it, as HTML.

const SGR = /\x1b\[([0-9;]*)m/y, CSI = /\x1b\[([?0-9;]*)([A-Za-z])/y;

// Lines of [character, style]; what was written over is gone.
export function screen(bytes, columns) {
  const lines = [[]];
  let row = 0, column = 0, style = "";
  const line = () => {
    while (lines.length <= row) lines.push([]);
    return lines[row];
  };
  for (let place = 0; place < bytes.length;) {
    SGR.lastIndex = CSI.lastIndex = place;
    const paint = SGR.exec(bytes), moves = paint ? null : CSI.exec(bytes);
    if (paint) {
      for (const code of (paint[1] || "0").split(";")) style = +code === 0 || +code === 39 || +code === 22 ? "" : `${style} s${+code}`.trim();
      place += paint[0].length;
    } else if (moves) {
      const n = parseInt(moves[1], 10) || 1;
      if (moves[2] === "A") row = Math.max(0, row - n);
      else if (moves[2] === "B") row += n;
      else if (moves[2] === "C") column += n;
      else if (moves[2] === "D") column = Math.max(0, column - n);
      else if (moves[2] === "G") column = n - 1;
      else if (moves[2] === "K") moves[1] === "2" ? (line().length = 0) : (line().length = Math.min(line().length, column));
      else if (moves[2] === "J") {
        line().length = Math.min(line().length, column);
        lines.length = row + 1;
      }
      place += moves[0].length;
    } else {
      const letter = String.fromCodePoint(bytes.codePointAt(place));
      place += letter.length;
      if (letter === "\n") row += 1;
      else if (letter === "\r") column = 0;
      else if (letter >= " ") {
        if (column >= columns) {
          row += 1;
          column = 0;
        }
        const own = line();
        while (own.length < column) own.push([" ", ""]);
        own[column++] = [letter, style];
      }
      line();
    }
  }
  while (lines.length && !lines.at(-1).some(([letter]) => letter !== " ")) lines.pop();
  return lines;
}

// Lines in the middle left out, where there are more than anybody looks at.
export function cut(lines, most) {
  if (lines.length <= most) return lines;
  const tail = Math.ceil(most * 0.4), head = most - tail - 1;
  const left = [...`  ⋮ ${lines.length - head - tail} lines`].map((letter) => [letter, "s2"]);
  return [...lines.slice(0, head), left, ...lines.slice(-tail)];
}

const escaped = (text) => text.replace(/[&<>]/g, (letter) => `&#${letter.codePointAt(0)};`);

// What stands in a window, with its colours.
const body = (lines) => lines.map((line) => {
  let out = "", last = "";
  for (const [letter, style] of line) {
    if (style !== last) out += `${last ? "</span>" : ""}${style ? `<span class="${style}">` : ""}`;
    out += escaped(letter);
    last = style;
  }
  return out + (last ? "</span>" : "");
}).join("\n");

// A page with windows below each other, in each a command that was run or a file.
export function html(windows, columns) {
  const shown = windows.map(({ command, title, lines }) => {
    const head = command ? `<span class="command"><span class="dollar">$</span> ${escaped(command)}</span>` : "";
    const file = title ? `<b>${escaped(title)}</b>` : "";
    return `<div class="window"><div class="dots"><i></i><i></i><i></i>${file}</div><pre>${head}${body(lines)}</pre></div>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 14px; width: max-content; background: #fff; }
    .window { background: #10151c; color: #d5dbe4; border-radius: 9px; padding: 12px 18px 16px; }
    .window + .window { margin-top: 10px; }
    .dots { height: 10px; margin-bottom: 12px; display: flex; gap: 7px; align-items: center; }
    .dots i { width: 10px; height: 10px; border-radius: 5px; background: #39424f; }
    .dots b { margin-left: 8px; font: 12px/1 "DejaVu Sans", system-ui, sans-serif; color: #8290a3; }
    pre { margin: 0; width: ${columns}ch; font: 13px/1.42 "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .s1 { font-weight: 700; color: #fff; } .s2 { color: #8290a3; } .s31, .s91 { color: #ff8a95; } .s32, .s92 { color: #6fd79c; } .s33, .s93 { color: #f2c46d; }
    .s34, .s94 { color: #8db4ff; } .s35 { color: #d9aaf0; } .s36, .s96 { color: #74d3dd; } .dollar { color: #8290a3; }
    .command { display: block; white-space: pre-wrap; }
  </style>${shown.join("")}`;
}
