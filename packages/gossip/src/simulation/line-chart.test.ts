import { lineChart } from './line-chart';

it('draws points where the scales say: x logarithmic, y from zero', () => {
  const points = [
    [10, 0],
    [100, 5],
    [1000, 10],
  ] as const;
  const svg = lineChart({
    title: 'a < b',
    xLabel: 'members',
    yLabel: 's',
    series: [{ name: 'one', colour: 'red', points }],
  });
  expect(svg).toContain('<polyline points="60,350 275,195 490,40" fill="none" stroke="red" stroke-width="2"/>');
  expect(svg).toContain('>a &lt; b</text>');
  for (const label of ['10', '100', '1000', 'one', 'members']) expect(svg).toContain(`>${label}</text>`);
});
