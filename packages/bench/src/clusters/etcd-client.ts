import { join } from 'node:path';
import { credentials, loadPackageDefinition, type Client, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { writeOf } from '../load/writes';

export interface EtcdClient {
  put(n: number): Promise<unknown>;
  isLeader(): Promise<boolean>;
  close(): void;
}

type Call = (request: object, callback: (error: Error | null, answer: never) => void) => void;
type Stub = Client & Record<'put' | 'status', Call>;
type Services = { readonly etcdserverpb: Readonly<Record<'KV' | 'Maintenance', ServiceClientConstructor>> };

/** etcd's unary API, one connection, as its own clients use it. */
export function connectEtcd(port: number): EtcdClient {
  const { KV, Maintenance } = services();
  const address = `127.0.0.1:${port}`;
  const kv = new KV(address, credentials.createInsecure()) as unknown as Stub;
  const maintenance = new Maintenance(address, credentials.createInsecure()) as unknown as Stub;
  return {
    put(n) {
      const { key, value } = writeOf(n);
      return ask(kv, 'put', { key: Buffer.from(key), value });
    },
    async isLeader() {
      const { header, leader } = await ask<{ header: { memberId: string }; leader: string }>(maintenance, 'status', {});
      return leader !== '0' && leader === header.memberId;
    },
    close() {
      kv.close();
      maintenance.close();
    },
  };
}

function services(): Services['etcdserverpb'] {
  const definition = loadSync(join(__dirname, '../../proto/etcd-kv.proto'), { longs: String });
  return (loadPackageDefinition(definition) as unknown as Services).etcdserverpb;
}

function ask<Answer>(stub: Stub, method: 'put' | 'status', request: object): Promise<Answer> {
  return new Promise((resolve, reject) =>
    stub[method](request, (error, answer: Answer) => (error ? reject(error) : resolve(answer))),
  );
}
