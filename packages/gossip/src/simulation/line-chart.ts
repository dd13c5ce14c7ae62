export interface Series {
  readonly name: string;
  /** CSS colour. */
  readonly colour: string;
  readonly isDashed?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [720, 400];
const EDGE = { left: 60, right: 230, top: 40, bottom: 50 };
const Y_LINES = 5;

/** A line chart as SVG text: x on a logarithmic scale, y from zero. */
export function lineChart({ title, xLabel, yLabel, series }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const step = niceStep(Math.max(...points.map(([, y]) => y)) / Y_LINES);
  const [xLeast, xMost, yMost] = [Math.log(xs[0]!), Math.log(xs.at(-1)!), step * Y_LINES];
  const x = (value: number): number =>
    round(EDGE.left + ((Math.log(value) - xLeast) / (xMost - xLeast)) * (WIDTH - EDGE.left - EDGE.right));
  const y = (value: number): number =>
    round(HEIGHT - EDGE.bottom - (value / yMost) * (HEIGHT - EDGE.top - EDGE.bottom));
  const right = WIDTH - EDGE.right;
  const grid = Array.from({ length: Y_LINES + 1 }, (_, i) => {
    const at = y(i * step);
    const line = `<line x1="${EDGE.left}" y1="${at}" x2="${right}" y2="${at}" stroke="#ddd"/>`;
    return line + text(EDGE.left - 8, at + 4, String(round(i * step)), 'end');
  });
  const ticks = xs.map((value) => text(x(value), HEIGHT - EDGE.bottom + 18, String(value), 'middle'));
  const lines = series.flatMap(({ name, colour, isDashed, points: own }, i) => {
    const style = `fill="none" stroke="${colour}" stroke-width="2"${isDashed ? ' stroke-dasharray="6 4"' : ''}`;
    const path = own.map(([px, py]) => `${x(px)},${y(py)}`).join(' ');
    const at = EDGE.top + 10 + i * 20;
    const key = `<line x1="${right + 14}" y1="${at}" x2="${right + 40}" y2="${at}" ${style}/>`;
    return [`<polyline points="${path}" ${style}/>`, key + text(right + 46, at + 4, name, 'start')];
  });
  const labels = [
    text(EDGE.left, 22, title, 'start', 15),
    text((EDGE.left + right) / 2, HEIGHT - 10, xLabel, 'middle'),
    text(EDGE.left, EDGE.top - 4, yLabel, 'end'),
  ];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif">`;
  const ground = `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`;
  return [open, ground, ...grid, ...ticks, ...lines, ...labels, '</svg>', ''].join('\n');
}

function text(x: number, y: number, content: string, anchor: string, size = 12): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}">${escaped}</text>`;
}

/** The next of 1, 2, 5 × a power of ten. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= raw)!;
}

const round = (value: number): number => Math.round(value * 100) / 100;
