import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodedVector, type Vector } from './decoded-vector';

const FOLDER = join(__dirname, 'fixtures');
type Recorded = Vector & { readonly what: string; readonly decoded: unknown };

/** Packets and streams recorded from agents of Debian’s serf 0.8.2 and of Consul 1.8.7, and what they say. */
describe.each(readdirSync(FOLDER))('%s', (file) => {
  const vectors = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recorded[];

  it.each(vectors.map((vector) => [vector.what, vector] as const))('reads %s', (_, vector) => {
    expect(decodedVector(vector)).toEqual(vector.decoded);
  });
});
