export interface Line {
  readonly name: string;
  /** Ascending. */
  readonly values: readonly number[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 60;
const RIGHT = 580;
const TOP = 20;
const BOTTOM = 350;
const COLOURS = ['#7f7f7f', '#d62728', '#ff7f0e', '#bcbd22', '#2ca02c', '#1f77b4', '#9467bd'];

/** Share of trials done by a time, the time on a logarithmic axis. */
export function cdfSvg(title: string, lines: readonly Line[], fromMs: number, toMs: number): string {
  const x = (ms: number): number => LEFT + ((RIGHT - LEFT) * Math.log(ms / fromMs)) / Math.log(toMs / fromMs);
  const y = (share: number): number => BOTTOM - (BOTTOM - TOP) * share;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title><rect width="100%" height="100%" fill="white"/>`,
    ...[100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]
      .filter((ms) => ms >= fromMs && ms <= toMs)
      .map((ms) => tick(x(ms), TOP, x(ms), BOTTOM, x(ms), BOTTOM + 16, 'middle', `${ms}`)),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) =>
      tick(LEFT, y(share), RIGHT, y(share), LEFT - 6, y(share) + 4, 'end', `${share * 100} %`),
    ),
    ...lines.map((line, i) => curve(line, COLOURS[i % COLOURS.length]!, i)),
    `<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">milliseconds without a leader</text>`,
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;

  function curve({ name, values }: Line, colour: string, i: number): string {
    const points = values
      .map((ms, rank) => [ms, (rank + 1) / values.length] as const)
      .filter(([ms]) => ms < toMs)
      .map(([ms, share]) => `${x(Math.max(ms, fromMs)).toFixed(1)},${y(share).toFixed(1)}`);
    const key = `<text x="${RIGHT + 12}" y="${TOP + 16 + 18 * i}" fill="${colour}">${name}</text>`;
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(' ')}"/>${key}`;
  }
}

function tick(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x: number,
  y: number,
  anchor: string,
  text: string,
): string {
  const line = `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#ddd"/>`;
  return `${line}<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}
