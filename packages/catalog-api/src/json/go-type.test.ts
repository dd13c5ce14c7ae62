import { registerRequest } from '../catalog/register.json';
import { sessionRequest } from '../session/session.json';
import { txnRequest } from '../txn/txn.json';
import { decodeJson } from './decode-body';
import type { GoType } from './go-type';

// Every sentence was recorded from Consul 1.8.7.
const REGISTER: readonly (readonly [string, string])[] = [
  [
    '{"Node":"n1","Service":{"Port":"a"}}',
    'json: cannot unmarshal string into Go struct field NodeService.Service.Port of type int',
  ],
  [
    '{"Check":{"CheckID":5}}',
    'json: cannot unmarshal number into Go struct field HealthCheck.Check.CheckID of type types.CheckID',
  ],
  [
    '{"Check":{"Definition":{"HTTP":5}}}',
    'json: cannot unmarshal number into Go struct field HealthCheck.Check.Definition of type string',
  ],
  ['{"Service":{"Proxy":{"Frob":5}}}', 'json: unknown field "Frob"'],
  [
    '{"Service":{"Proxy":{"Upstreams":5}}}',
    'json: cannot unmarshal number into Go struct field NodeService.Service.Proxy of type structs.Upstreams',
  ],
  [
    '{"Service":{"Proxy":{"Upstreams":[{"LocalBindPort":"a"}]}}}',
    'json: cannot unmarshal string into Go struct field NodeService.Service.Proxy of type int',
  ],
  [
    '{"Service":{"Tags":"a"}}',
    'json: cannot unmarshal string into Go struct field NodeService.Service.Tags of type []string',
  ],
  [
    '{"NodeMeta":{"a":5}}',
    'json: cannot unmarshal number into Go struct field RegisterRequest.NodeMeta of type string',
  ],
  [
    '{"Checks":{}}',
    'json: cannot unmarshal object into Go struct field RegisterRequest.Checks of type structs.HealthChecks',
  ],
  [
    '{"Service":5}',
    'json: cannot unmarshal number into Go struct field RegisterRequest.Service of type structs.NodeService',
  ],
  [
    '{"Service":{"Weights":{"Passing":1.5}}}',
    'json: cannot unmarshal number 1.5 into Go struct field Weights.Service.Weights.Passing of type int',
  ],
  [
    '{"Service":{"TaggedAddresses":{"lan":{"Port":"q"}}}}',
    'json: cannot unmarshal string into Go struct field ServiceAddress.Service.TaggedAddresses.Port of type int',
  ],
  [
    '{"Service":{"Connect":{"Native":"q"}}}',
    'json: cannot unmarshal string into Go struct field NodeService.Service.Connect of type bool',
  ],
  ['{"ID":5}', 'json: cannot unmarshal number into Go struct field RegisterRequest.ID of type types.NodeID'],
  ['{"Check":{"Definition":{"Interval":"zz"}}}', 'time: invalid duration "zz"'],
  ['{"Token":5}', 'json: cannot unmarshal number into Go struct field RegisterRequest.Token of type string'],
  [
    '{"CreateIndex":"a"}',
    'json: cannot unmarshal string into Go struct field RegisterRequest.CreateIndex of type uint64',
  ],
  [
    '{"Service":{"ModifyIndex":-1,"Kind":5}}',
    'json: cannot unmarshal number -1 into Go struct field NodeService.Service.ModifyIndex of type uint64',
  ],
];
const SESSION: readonly (readonly [string, string])[] = [
  [
    '{"ServiceChecks":[{"ID":5}]}',
    'json: cannot unmarshal number into Go struct field ServiceCheck.ServiceChecks.ID of type string',
  ],
  ['{"NodeChecks":[5]}', 'json: cannot unmarshal number into Go struct field .NodeChecks of type string'],
  ['{"Checks":[5]}', 'json: cannot unmarshal number into Go struct field .Checks of type types.CheckID'],
  ['{"LockDelay":"15"}', 'time: missing unit in duration "15"'],
];
const TXN: readonly (readonly [string, string])[] = [
  ['[{"KV":{"Verb":5}}]', 'json: cannot unmarshal number into Go struct field KVTxnOp.KV.Verb of type api.KVOp'],
  ['{}', 'json: cannot unmarshal object into Go value of type api.TxnOps'],
  ['[{"KV":{"Value":"!!"}}]', 'illegal base64 data at input byte 0'],
  ['[{"KV":{"Value":5}}]', 'json: cannot unmarshal number into Go struct field KVTxnOp.KV.Value of type []uint8'],
  ['[{"KV":{"Flags":"x"}}]', 'json: cannot unmarshal string into Go struct field KVTxnOp.KV.Flags of type uint64'],
];

describe.each([
  ['register', REGISTER, registerRequest as GoType<unknown>],
  ['session', SESSION, sessionRequest as GoType<unknown>],
  ['txn', TXN, txnRequest as GoType<unknown>],
])('%s', (_name, cases, type) => {
  test.each(cases)('%s', (text, problem) => {
    expect(() => decodeJson(text, type, true)).toThrow(problem);
  });
});

test('keys match in any letter case, the last of two wins, null leaves the zero', () => {
  const request = decodeJson('{"node":"a","NODE":"b","Address":null,"service":{"port":3}}', registerRequest, true);
  expect(request).toMatchObject({ Node: 'b', Address: '', Service: { Port: 3 } });
});

test('flags keep all 64 bits', () => {
  const [op] = decodeJson('[{"KV":{"Verb":"set","Key":"k","Flags":18446744073709551615}}]', txnRequest, true)!;
  expect(op!.KV!.Flags).toBe(18446744073709551615n);
});
